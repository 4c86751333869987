"""Updates without a public address: long polling with the real SDK."""

from bots.errors import Malformed
from bots.telegram.channel import Telegram
from tests.bots.telegram.waiting import Kept, eventually
from tests.providers.telegram import TelegramServer


async def test_every_update_is_kept_once_in_order_and_then_confirmed(
    server: TelegramServer, channel: Telegram, kept: Kept
) -> None:
    texts = [f"m{number}" for number in range(250)]  # more than one batch of 100
    for text in texts:
        server.state.say(7, text)
    await channel.start("http://localhost:8080/hooks/telegram", kept)
    await kept.until(lambda: len(kept.texts) == 250)
    assert kept.texts == texts
    await eventually(lambda: server.state.pending == [], server)
    server.state.say(7, "later")
    await kept.until(lambda: kept.texts[-1] == "later")


async def test_polling_takes_the_webhook_away_and_asks_for_reactions(
    server: TelegramServer, channel: Telegram, kept: Kept
) -> None:
    server.state.webhook = {"url": "http://127.0.0.1:9/", "secret_token": "x"}
    server.state.say(7, "waited meanwhile")
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["waited meanwhile"])
    asked = [call["given"] for call in server.state.calls if call["method"] == "getUpdates"]
    assert {"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"} == set(
        asked[0]["allowed_updates"]
    )


async def test_the_offset_never_passes_what_is_not_kept(server: TelegramServer, channel: Telegram) -> None:
    disk = {"full": True}
    kept = Kept(channel, lambda text: OSError("disk full") if text == "b" and disk["full"] else None)
    for text in "abc":
        server.state.say(7, text)
    await channel.start("", kept)
    await kept.until(lambda: kept.tried.count("b") >= 3)
    assert [update["message"]["text"] for update in server.state.pending] == ["b", "c"]
    disk["full"] = False
    await kept.until(lambda: "b" in kept.texts)
    assert set(kept.texts) == {"a", "b", "c"}


async def test_what_can_never_be_read_does_not_hold_up_the_rest(
    server: TelegramServer, channel: Telegram
) -> None:
    kept = Kept(channel, lambda text: Malformed() if text == "a" else None)
    for text in "ab":
        server.state.say(7, text)
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["b"])
    await eventually(lambda: server.state.pending == [], server)
    assert kept.tried == ["a", "b"]


async def test_a_pressed_button_is_answered_after_it_is_kept(
    server: TelegramServer, channel: Telegram, kept: Kept
) -> None:
    under = server.state.message(7, server.state.bot, text="Sure?", reply_markup={
        "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]
    })  # fmt: skip
    server.state.press(7, under["message_id"], "y")
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["Yes"])
    await eventually(lambda: server.state.pending == [], server)
    assert [call["method"] for call in server.state.calls].count("answerCallbackQuery") == 1


async def test_a_lone_surrogate_comes_through_the_poll(
    server: TelegramServer, channel: Telegram, kept: Kept
) -> None:
    server.state.say(7, "a\ud800b")
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["a\ufffdb"])
