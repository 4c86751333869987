"""Files that customers sent."""

import pytest

from bots.channel import Attachment, MessageIn
from bots.errors import ChannelError, Refused, Unreachable
from bots.telegram.channel import Telegram
from bots.telegram.spec import DOWNLOAD_LIMIT
from tests.bots.telegram.conftest import channel_at
from tests.bots.telegram.updates import reading
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer


async def bytes_of(channel: Telegram, attachment: Attachment) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(attachment)])


def attachment(ref: str = "file-1", size: int | None = None) -> Attachment:
    return Attachment(kind="document", ref=ref, size=size)


async def test_a_file_in_a_message_is_fetched_as_it_was_sent(
    server: TelegramServer, channel: Telegram
) -> None:
    data = bytes(range(256)) * 4000
    (said,) = reading(server.state.say(7, document=server.state.file(data, "a b ç.pdf"))).events
    assert isinstance(said, MessageIn)
    assert await bytes_of(channel, said.attachments[0]) == data


async def test_a_file_of_the_largest_size_is_fetched_and_one_byte_more_is_not(
    server: TelegramServer, channel: Telegram
) -> None:
    server.state.files["fits"] = ("fits", b"x" * DOWNLOAD_LIMIT)
    server.state.files["over"] = ("over", b"x" * (DOWNLOAD_LIMIT + 1))
    assert len(await bytes_of(channel, attachment("fits"))) == DOWNLOAD_LIMIT
    for size in (None, DOWNLOAD_LIMIT + 1):
        with pytest.raises(Refused, match="20 MB"):
            await bytes_of(channel, attachment("over", size))


@pytest.mark.parametrize(
    ("ref", "reason"),
    [("", "no file"), ("unknown", "no longer has")],
    ids=["nothing to fetch", "unknown file"],
)
async def test_what_telegram_does_not_have_is_refused(channel: Telegram, ref: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        await bytes_of(channel, attachment(ref))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", status=500, where="/getFile"),
        Fault(kind="drop_after", where="/getFile"),
        Fault(kind="status", status=500, where="/file/"),
        Fault(kind="status", status=429, where="/file/"),
        Fault(kind="drop_before", where="/file/", times=5),
        Fault(kind="slow", where="/file/"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.where}",
)
async def test_a_fault_means_to_fetch_again_and_shows_no_token(server: TelegramServer, fault: Fault) -> None:
    server.state.file(b"data")
    server.faults.add(fault)
    async with channel_at(server.url, answer_seconds=0.3) as channel:
        with pytest.raises(Unreachable) as raised:
            await bytes_of(channel, attachment())
        assert "LOOKALIKE" not in repr(raised.value)
        assert raised.value.__context__ is None
        server.faults.clear()
        assert await bytes_of(channel, attachment()) == b"data"


async def test_a_redirect_is_not_followed(server: TelegramServer, channel: Telegram) -> None:
    server.state.file(b"data")
    server.faults.add(Fault(kind="status", status=302, where="/file/"))
    with pytest.raises(ChannelError):
        await bytes_of(channel, attachment())
