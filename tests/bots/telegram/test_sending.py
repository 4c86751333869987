"""Sending, changing and taking back, with the real SDK against the look-alike."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bots.channel import MediaOut
from bots.errors import Refused, Unreachable
from bots.telegram.channel import Telegram
from bots.telegram.spec import PHOTO_LIMIT
from tests.bots.telegram.updates import out
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer

pytestmark = pytest.mark.usefixtures("known")


async def test_a_text_arrives_as_it_was_written(server: TelegramServer, channel: Telegram) -> None:
    sent = await channel.send(out("<b>1 < 2</b> 2*3*4 a_b_c [z] {"))
    (arrived,) = server.state.sent
    assert arrived["text"] == "<b>1 < 2</b> 2*3*4 a_b_c [z] {"
    assert sent.external_id == f"7:{arrived['message_id']}"
    assert server.state.calls[0]["given"].keys() == {"chat_id", "text"}


async def test_formatting_arrives_as_entities(server: TelegramServer, channel: Telegram) -> None:
    await channel.send(out("👋 *now*, _~not~_ `x*y*`"))
    (arrived,) = server.state.sent
    assert arrived["text"] == "👋 now, not x*y*"
    assert arrived["entities"] == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "italic", "offset": 8, "length": 3},
        {"type": "strikethrough", "offset": 8, "length": 3},
        {"type": "code", "offset": 12, "length": 4},
    ]


async def test_an_answer_points_to_what_it_answers(server: TelegramServer, channel: Telegram) -> None:
    asked = server.state.say(7, "a question")["message"]["message_id"]
    await channel.send(out(reply_to=f"7:{asked}"))
    assert server.state.sent[0]["reply_to_message"]["message_id"] == asked


@pytest.mark.parametrize("reply_to", ["7:9999", "cb:555", "7:1:B1"])
async def test_an_answer_to_what_is_gone_arrives_all_the_same(
    server: TelegramServer, channel: Telegram, reply_to: str
) -> None:
    await channel.send(out(reply_to=reply_to))
    assert "reply_to_message" not in server.state.sent[0]


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 4096], ids=["letters", "emoji"])
async def test_the_longest_text_is_taken_and_one_more_is_refused(channel: Telegram, text: str) -> None:
    await channel.send(out(text))
    with pytest.raises(Refused, match="too long"):
        await channel.send(out(text + text[0]))


def media(tmp_path: Path, content_type: str, size: int = 10, name: str = "ação.bin") -> MediaOut:
    path = tmp_path / "kept"
    path.write_bytes(b"x" * size)
    return MediaOut(name=name, content_type=content_type, size=size, path=path, url="")


@pytest.mark.parametrize(
    ("content_type", "size", "method"),
    [
        ("image/jpeg", 10, "sendPhoto"),
        ("image/png; charset=binary", PHOTO_LIMIT, "sendPhoto"),
        ("image/png", PHOTO_LIMIT + 1, "sendDocument"),
        ("image/gif", 10, "sendAnimation"),
        ("image/svg+xml", 10, "sendDocument"),
        ("video/mp4", 10, "sendVideo"),
        ("video/quicktime", 10, "sendDocument"),
        ("audio/mpeg", 10, "sendAudio"),
        ("audio/ogg", 10, "sendVoice"),
        ("application/pdf", 10, "sendDocument"),
        ("", 10, "sendDocument"),
    ],
)
async def test_a_file_goes_by_the_method_that_shows_it_best(
    server: TelegramServer, channel: Telegram, tmp_path: Path, content_type: str, size: int, method: str
) -> None:
    await channel.send(out("under it", media=(media(tmp_path, content_type, size),)))
    (arrived,) = server.state.sent
    assert (arrived["method"], arrived["caption"]) == (method, "under it")
    field = method.removeprefix("send").lower()
    assert [name for name in arrived if name == field] == [field]
    path, data = next(iter(server.state.files.values()))
    assert (path.endswith("ação.bin"), len(data)) == (True, size)


async def test_a_file_without_words_has_no_caption(
    server: TelegramServer, channel: Telegram, tmp_path: Path
) -> None:
    await channel.send(out("", media=(media(tmp_path, "application/pdf"),)))
    assert "caption" not in server.state.sent[0]


async def test_files_that_cannot_go_are_refused_before_the_call(
    server: TelegramServer, channel: Telegram, tmp_path: Path
) -> None:
    one = media(tmp_path, "image/png")
    with pytest.raises(Refused, match="one file"):
        await channel.send(out(media=(one, one)))
    one.path.unlink()
    with pytest.raises(Refused, match="gone from our disk"):
        await channel.send(out(media=(one,)))
    assert server.state.calls == []


async def test_too_long_a_caption_is_refused_in_words(channel: Telegram, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="text under the file is too long"):
        await channel.send(out("x" * 1025, media=(media(tmp_path, "image/png"),)))


@pytest.mark.parametrize("address", ["telegram:8", "tel:+34600", "telegram:x", ""])
async def test_an_address_that_is_no_chat_is_refused(channel: Telegram, address: str) -> None:
    with pytest.raises(Refused):
        await channel.send(out(address=address))


async def test_a_chat_that_moved_is_followed_once(server: TelegramServer, channel: Telegram) -> None:
    server.state.chat(-1007)
    server.state.moved[7] = -1007
    assert (await channel.send(out())).external_id.startswith("-1007:")
    server.state.moved[-1007] = 7
    with pytest.raises(Refused):
        await channel.send(out())
    assert len(server.state.sent) == 1


async def test_a_sent_text_is_changed(server: TelegramServer, channel: Telegram) -> None:
    sent = await channel.send(out("one"))
    await channel.edit(sent.external_id, out("two"))
    await channel.edit(sent.external_id, out("two"))  # the same again is no error
    assert [message["text"] for message in server.state.messages.values()] == ["two"]


async def test_the_words_under_a_file_are_changed(
    server: TelegramServer, channel: Telegram, tmp_path: Path
) -> None:
    sent = await channel.send(out("one", media=(media(tmp_path, "image/png"),)))
    await channel.edit(sent.external_id, out("two"))
    assert [message["caption"] for message in server.state.messages.values()] == ["two"]


async def test_a_sent_message_is_taken_back_and_twice_is_no_error(
    server: TelegramServer, channel: Telegram
) -> None:
    sent = await channel.send(out())
    await channel.delete(sent.external_id, "telegram:7")
    await channel.delete(sent.external_id, "telegram:7")
    assert server.state.messages == {}


async def test_a_reaction_stands_on_their_message_in_the_place_of_the_last_until_it_is_taken_off(
    server: TelegramServer, channel: Telegram
) -> None:
    theirs = server.state.say(7, "mine")["message"]["message_id"]
    for reaction in ("👍", "❤", "❤"):
        assert reaction in channel.spec.reactions
        await channel.react(f"7:{theirs}", "telegram:7", reaction)
    assert server.state.messages[7, theirs]["reaction"] == ["❤"]
    await channel.react(f"7:{theirs}", "telegram:7", "")
    assert server.state.messages[7, theirs]["reaction"] == []
    await channel.react("7:9999", "telegram:7", "👍")  # a message that is gone


async def test_a_reaction_that_telegram_does_not_have_is_refused(
    server: TelegramServer, channel: Telegram
) -> None:
    theirs = server.state.say(7, "mine")["message"]["message_id"]
    with pytest.raises(Refused):
        await channel.react(f"7:{theirs}", "telegram:7", "🦥")
    with pytest.raises(Refused, match="not a Telegram message"):
        await channel.react("cb:5", "telegram:7", "👍")


async def test_what_is_not_ours_cannot_be_changed(server: TelegramServer, channel: Telegram) -> None:
    theirs = server.state.say(7, "mine")["message"]["message_id"]
    with pytest.raises(Refused, match="no longer lets"):
        await channel.edit(f"7:{theirs}", out("yours"))
    with pytest.raises(Refused, match="gone"):
        await channel.edit("7:9999", out("x"))
    with pytest.raises(Refused, match="not a Telegram message"):
        await channel.edit("cb:5", out("x"))


Doing = Callable[[Telegram], Awaitable[None]]


@pytest.mark.parametrize(
    "do",
    [
        lambda c: c.edit("7:1", out("x")),
        lambda c: c.delete("7:1", "telegram:7"),
        lambda c: c.react("7:1", "telegram:7", "👍"),
    ],
    ids=["edit", "delete", "react"],
)
async def test_a_change_whose_answer_was_lost_may_be_made_again(
    server: TelegramServer, channel: Telegram, do: Doing
) -> None:
    await channel.send(out())
    server.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Unreachable):
        await do(channel)
    await do(channel)
