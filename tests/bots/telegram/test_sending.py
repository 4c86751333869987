"""Sending, changing and taking back, with the real SDK against the look-alike."""

import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bots.channel import MediaOut, MessageOut
from bots.errors import ChannelError, Misconfigured, OptedOut, Refused, Throttled, Uncertain, Unreachable
from bots.telegram.channel import Telegram
from bots.telegram.spec import PHOTO_LIMIT
from tests.bots.telegram.conftest import channel_at
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def out(text: str = "Hello", **more: Any) -> MessageOut:
    return replace(MessageOut(key="k1", address="telegram:7", text=text, owed_at=NOW), **more)


@pytest.fixture(autouse=True)
def known(server: TelegramServer) -> None:
    server.state.chat(7)


async def test_a_text_arrives_as_it_was_written(server: TelegramServer, channel: Telegram) -> None:
    sent = await channel.send(out("<b>1 < 2</b> *x* _y_ [z] {"))
    (arrived,) = server.state.sent
    assert arrived["text"] == "<b>1 < 2</b> *x* _y_ [z] {"
    assert sent.external_id == f"7:{arrived['message_id']}"
    assert server.state.calls[0]["given"].keys() == {"chat_id", "text"}


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


FAULTS: list[tuple[Fault, type[ChannelError], int]] = [
    (Fault(kind="throttle", retry_after=7), Throttled, 0),
    (Fault(kind="status", status=429), Throttled, 0),
    (Fault(kind="status", status=500), Uncertain, 0),
    (Fault(kind="status", status=504), Uncertain, 0),
    (Fault(kind="status", status=503), Unreachable, 0),
    (Fault(kind="html", status=502), Uncertain, 0),
    (Fault(kind="html", status=403), Unreachable, 0),
    (Fault(kind="html", status=200), Uncertain, 0),
    (Fault(kind="slow"), Uncertain, 1),
    (Fault(kind="drop_after"), Uncertain, 1),
    (Fault(kind="drop_before"), Uncertain, 0),
]


@pytest.mark.parametrize(
    ("fault", "error", "taken"), FAULTS, ids=[f"{f.kind} {f.status}" for f, *_ in FAULTS]
)
async def test_a_fault_is_told_honestly_and_nothing_is_sent_again(
    server: TelegramServer, fault: Fault, error: type[ChannelError], taken: int
) -> None:
    server.faults.add(fault)
    async with channel_at(server.url, answer_seconds=0.3) as channel:
        with pytest.raises(error) as raised:
            await channel.send(out())
    assert type(raised.value) is error
    assert len(server.state.sent) == taken
    assert server.faults.met == [fault.kind]


async def test_the_wait_that_telegram_asks_for_is_passed_on(
    server: TelegramServer, channel: Telegram
) -> None:
    server.faults.add(Fault(kind="throttle", retry_after=7))
    with pytest.raises(Throttled) as raised:
        await channel.send(out())
    assert raised.value.retry_after == 7.0


async def test_a_server_that_is_not_there_was_not_asked() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        async with channel_at(f"http://127.0.0.1:{held.getsockname()[1]}") as channel:
            with pytest.raises(Unreachable):
                await channel.send(out())


async def test_a_customer_who_blocked_the_bot_has_opted_out(
    server: TelegramServer, channel: Telegram
) -> None:
    server.state.block(7)
    with pytest.raises(OptedOut, match="The customer has blocked the bot"):
        await channel.send(out())


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


@pytest.mark.parametrize("token", ["42:WRONG", "nonsense"])
async def test_a_wrong_token_is_our_mistake_and_is_not_shown(server: TelegramServer, token: str) -> None:
    async with channel_at(server.url, token=token) as channel:
        with pytest.raises(Misconfigured) as raised:
            await channel.send(out())
    assert token not in repr(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


async def test_the_token_is_in_no_log(
    server: TelegramServer, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await channel.send(out("a secret word"))
    server.faults.add(Fault(kind="html", status=502))
    with pytest.raises(Uncertain):
        await channel.send(out())
    assert "sendMessage" in caplog.text, "the SDK's client logs its requests"
    assert "LOOKALIKE" not in caplog.text
    assert "a secret word" not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("telegram")
    )
    assert "LOOKALIKE" not in repr(channel._settings)


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
    "do", [lambda c: c.edit("7:1", out("x")), lambda c: c.delete("7:1", "telegram:7")], ids=["edit", "delete"]
)
async def test_a_change_whose_answer_was_lost_may_be_made_again(
    server: TelegramServer, channel: Telegram, do: Doing
) -> None:
    await channel.send(out())
    server.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Unreachable):
        await do(channel)
    await do(channel)
