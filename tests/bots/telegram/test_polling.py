"""Updates without a public address: long polling with the real SDK."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bots.channel import Hook, MessageIn
from bots.errors import Malformed, Misconfigured
from bots.telegram.channel import Telegram
from bots.telegram.polling import Poller
from tests.bots.telegram.conftest import channel_at
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer


class Kept:
    """What was kept, and a way to wait for it."""

    def __init__(self, channel: Telegram, fails: Callable[[str], Exception | None] = lambda _: None) -> None:
        self.channel, self.fails = channel, fails
        self.texts: list[str] = []
        self.tried: list[str] = []
        self.news = asyncio.Event()

    async def __call__(self, hook: Hook) -> None:
        (said,) = self.channel.read(hook).events
        assert isinstance(said, MessageIn)
        self.tried.append(said.text)
        self.news.set()
        if (error := self.fails(said.text)) is not None:
            raise error
        self.texts.append(said.text)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                self.news.clear()
                await self.news.wait()


async def eventually(done: Callable[[], bool], server: TelegramServer) -> None:
    """Wait until the look-alike's state fits; it tells when it changes."""
    async with asyncio.timeout(10):
        while not done():
            await server.state.news.wait()


@pytest.fixture
def kept(channel: Telegram) -> Kept:
    return Kept(channel)


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


async def test_what_was_not_kept_before_the_end_comes_again(
    server: TelegramServer, channel: Telegram, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.telegram.channel._FINISH_SECONDS", 0.01)
    begun = asyncio.Event()

    async def hang(hook: Hook) -> None:
        begun.set()
        await asyncio.Event().wait()

    for text in "ab":
        server.state.say(7, text)
    async with channel_at(server.url) as first:
        await first.start("", hang)
        await begun.wait()
    assert len(server.state.pending) == 2, "nothing was confirmed"
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["a", "b"])


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


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="throttle", retry_after=0),
        Fault(kind="status", status=500),
        Fault(kind="html", status=502),
        Fault(kind="drop_before"),
        Fault(kind="drop_after"),
    ],
    ids=lambda fault: str(fault.kind),
)
@pytest.mark.parametrize("where", ["/getMe", "/deleteWebhook", "/getUpdates"])
async def test_polling_outlives_every_fault(
    server: TelegramServer, channel: Telegram, kept: Kept, fault: Fault, where: str
) -> None:
    server.state.say(7, "x")
    for _ in range(2):
        server.faults.add(Fault(kind=fault.kind, status=fault.status, retry_after=0, where=where))
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["x"])
    assert server.faults.met == [fault.kind] * 2


async def test_another_poller_is_waited_out(
    server: TelegramServer, channel: Telegram, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    await channel.start("", kept)
    await eventually(lambda: server.state.poll > 0, server)
    server.state.webhook = {"url": "http://127.0.0.1:9/", "secret_token": ""}  # someone else's
    server.state.poll += 1
    server.state.wake()
    async with asyncio.timeout(10):
        while "Another program polls" not in caplog.text:
            await asyncio.sleep(0)
    server.state.webhook = {}
    server.state.say(7, "back")
    await kept.until(lambda: kept.texts == ["back"])


async def test_stopping_drops_an_open_poll_at_once(server: TelegramServer, kept: Kept) -> None:
    async with channel_at(server.url, poll_seconds=50) as channel:
        await channel.start("", kept)
        await eventually(lambda: server.state.poll > 0, server)
        async with asyncio.timeout(5):
            await channel.stop()


async def test_stopping_lets_what_is_being_kept_finish(server: TelegramServer, channel: Telegram) -> None:
    begun, go, ended = asyncio.Event(), asyncio.Event(), []

    async def keep(hook: Hook) -> None:
        begun.set()
        await go.wait()
        ended.append(hook)

    server.state.say(7, "x")
    await channel.start("", keep)
    await begun.wait()
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0)
    go.set()
    await stopping
    assert len(ended) == 1


async def test_a_wrong_token_stops_the_start(server: TelegramServer) -> None:
    async with channel_at(server.url, token="42:WRONG") as channel:
        with pytest.raises(Misconfigured, match="TELEGRAM_BOT_TOKEN"):
            await channel.start("", Kept(channel))


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


async def test_rests_grow_and_obey_telegram(monkeypatch: pytest.MonkeyPatch, channel: Telegram) -> None:
    waits: list[float] = []

    async def wait_for(waiting: Awaitable[Any], pause: float) -> None:
        waits.append(pause)
        waiting.close()  # type: ignore[attr-defined]
        raise TimeoutError

    async def keep(_: Hook) -> None: ...

    poller = Poller(channel._bot, channel._settings, "s", keep)
    monkeypatch.setattr("bots.telegram.polling.asyncio.wait_for", wait_for)
    for _ in range(20):
        await poller._rest(None)
    assert all(0.005 * 2**n <= wait <= 0.01 * 2**n for n, wait in enumerate(waits[:10]))
    assert max(waits) <= 60.0
