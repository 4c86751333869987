"""The mailbox read by the real client from an IMAP server on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from bots.channel import Attachment, Hook, MessageIn
from bots.email.channel import Email
from bots.email.skeleton import SMALL
from bots.errors import Malformed, Misconfigured, Refused, Unreachable
from tests.bots.email.mails import APPLE, SECRET, channel, simple
from tests.bots.email.test_sending import OUT
from tests.providers.faults import Fault
from tests.providers.mail import MailServer
from tests.providers.mail.state import PASSWORD, MailState

KEPT = "$Tidings"


class Keeper:
    """What was kept, as `inbox` would, and a way to wait for it."""

    def __init__(self, channel: Email, fails: Callable[[str], Exception | None] = lambda _: None) -> None:
        self.channel, self.fails = channel, fails
        self.texts: list[str] = []
        self.tried: list[str] = []
        self.messages: list[MessageIn] = []
        self.hooks: list[Hook] = []
        self.news = asyncio.Event()

    async def __call__(self, hook: Hook) -> None:
        said = self.channel.read(hook).events[0]
        if not isinstance(said, MessageIn):
            return
        self.tried.append(said.text)
        self.news.set()
        if (error := self.fails(said.text)) is not None:
            raise error
        self.texts.append(said.text)
        self.messages.append(said)
        self.hooks.append(hook)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                self.news.clear()
                await self.news.wait()


async def eventually(state: MailState, done: Callable[[], bool]) -> None:
    """Wait until the look-alike's state fits; it tells when it changes."""
    async with asyncio.timeout(20):
        while not done():
            state.news.clear()
            await state.news.wait()


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


def ours(mail: MailServer, **changes: Any) -> Email:
    quick: dict[str, Any] = {"retry_seconds": 0.01, "timeout": 5, "poll_seconds": 0.02}
    return channel(**(mail.settings | quick | changes))


@asynccontextmanager
async def reading(channel: Email, keeper: Keeper | None = None) -> AsyncIterator[Keeper]:
    keeper = keeper or Keeper(channel)
    await channel.start("", keeper)
    try:
        yield keeper
    finally:
        await channel.stop()


async def test_what_waits_is_kept_in_order_then_marked_and_then_what_comes(mail: MailServer) -> None:
    texts = [f"m{number}" for number in range(25)]  # more than are kept together
    for text in texts:
        mail.state.deliver(simple(text, Message_ID=f"<{text}@c.example>"))
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: len(keeper.texts) == 25)
        assert keeper.texts == texts
        await eventually(mail.state, lambda: len(mail.state.flagged(KEPT)) == 25)
        assert mail.state.flagged("\\Seen") == []
        await eventually(mail.state, lambda: bool(mail.state.idlers))
        mail.state.deliver(simple("later"))
        await keeper.until(lambda: keeper.texts[-1] == "later")


async def test_a_hook_says_where_the_mail_lies_and_when_it_came(mail: MailServer) -> None:
    came = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    uid = mail.state.deliver(APPLE, came)
    async with reading(ours(mail, first_days=3_650)) as keeper:
        await keeper.until(lambda: len(keeper.hooks) == 1)
    (hook,) = keeper.hooks
    assert hook.headers["content-type"] == "message/rfc822"
    assert hook.headers["x-imap-uid"] == f"{mail.state.uidvalidity}:{uid}"
    assert hook.headers["x-imap-size"] == str(len(APPLE))
    assert hook.body == APPLE
    assert keeper.messages[0].sent_at == came


async def test_what_people_read_before_us_is_not_ours_but_only_the_first_time(mail: MailServer) -> None:
    mail.state.deliver(simple("old"), flags={"\\Seen"})
    mail.state.deliver(simple("never read"), datetime.now(UTC) - timedelta(days=30))
    mail.state.deliver(simple("new"), datetime.now(UTC) - timedelta(days=3))
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: keeper.texts == ["new"])
        await eventually(mail.state, lambda: len(mail.state.flagged(KEPT)) == 3)
    mail.state.deliver(simple("seen while we were away"), flags={"\\Seen"})
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: keeper.texts == ["seen while we were away"])


async def test_it_is_not_the_first_time_where_all_was_filed_away(mail: MailServer) -> None:
    mail.state.defined.add(KEPT)
    mail.state.deliver(simple("seen while we were away"), flags={"\\Seen"})
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: keeper.texts == ["seen while we were away"])


async def test_nothing_is_marked_that_is_not_kept_and_one_holds_up_no_other(mail: MailServer) -> None:
    disk = {"full": True}
    us = ours(mail)
    keeper = Keeper(us, lambda text: OSError("disk full") if text == "b" and disk["full"] else None)
    for text in "abc":
        mail.state.deliver(simple(text))
    async with reading(us, keeper):
        await keeper.until(lambda: keeper.tried.count("b") >= 3)
        assert mail.state.flagged(KEPT) == [1, 3]
        assert keeper.texts == ["a", "c"]
        disk["full"] = False
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [1, 2, 3])
    assert keeper.texts == ["a", "c", "b"]


async def test_a_mail_that_the_server_cannot_give_holds_up_no_other(mail: MailServer) -> None:
    for text in "abc":
        mail.state.deliver(simple(text))
    mail.state.withheld.add(1)
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: keeper.texts == ["b", "c"])
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [2, 3])
        mail.state.withheld.clear()
        await keeper.until(lambda: keeper.texts == ["b", "c", "a"])


@pytest.mark.parametrize("depth", [500, 3_000])
async def test_a_mail_nested_without_end_holds_up_no_other(mail: MailServer, depth: int) -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    mail.state.deliver(f"From: mallory@c.example\r\n{deep}\r\n{'x' * SMALL}".encode())
    mail.state.deliver(simple("b"))
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: "b" in keeper.texts)
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [1, 2])


async def test_what_can_never_be_read_is_passed(mail: MailServer) -> None:
    us = ours(mail)
    keeper = Keeper(us, lambda text: Malformed() if text == "a" else None)
    for text in "ab":
        mail.state.deliver(simple(text))
    async with reading(us, keeper):
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [1, 2])
    assert keeper.tried.count("a") == 1


@pytest.mark.parametrize("idles", [True, False], ids=["with IDLE", "without IDLE"])
@pytest.mark.parametrize(
    ("keywords", "flag"), [(True, KEPT), (False, "\\Seen")], ids=["keywords", "no keywords"]
)
async def test_any_server_will_do(idles: bool, keywords: bool, flag: str) -> None:
    async with MailServer(MailState(idles=idles, keywords=keywords)) as mail, reading(ours(mail)) as keeper:
        mail.state.deliver(simple("one"))
        await eventually(mail.state, lambda: mail.state.flagged(flag) == [1])
        mail.state.deliver(simple("two"))
        await eventually(mail.state, lambda: mail.state.flagged(flag) == [1, 2])
        assert keeper.texts == ["one", "two"]
        assert ("IDLE" in mail.state.commands) is idles


async def test_idle_is_renewed(mail: MailServer) -> None:
    async with reading(ours(mail, idle_seconds=0.02)):
        await eventually(mail.state, lambda: mail.state.commands.count("IDLE") >= 3)
    assert mail.state.commands.count("LOGIN") == 1


CUTS = [
    pytest.param(Fault(kind="drop_before", where="/imap/LOGIN"), id="at the login"),
    pytest.param(Fault(kind="drop_before", where="/imap/UID SEARCH"), id="at the search"),
    pytest.param(Fault(kind="drop_after", where="/imap/UID FETCH"), id="after a fetch"),
    pytest.param(Fault(kind="drop_before", where="/imap/UID STORE"), id="before it is marked"),
    pytest.param(Fault(kind="drop_after", where="/imap/UID STORE"), id="after it is marked"),
    pytest.param(Fault(kind="drop_before", where="/imap/IDLE"), id="at IDLE"),
    pytest.param(Fault(kind="html", where="/imap/SELECT"), id="a page in place of an answer"),
    pytest.param(Fault(kind="status", where="/imap/UID SEARCH"), id="the search refused"),
    pytest.param(Fault(kind="status", where="/imap/UID STORE"), id="marking refused"),
    pytest.param(Fault(kind="status", where="/imap/LOGIN", status=503), id="nobody is let in for now"),
]


@pytest.mark.parametrize("fault", CUTS)
async def test_trouble_is_overcome_and_nothing_is_lost(mail: MailServer, fault: Fault) -> None:
    mail.state.faults.add(fault)
    mail.state.deliver(simple("one"))
    async with reading(ours(mail, timeout=0.3)) as keeper:
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [1])
        await eventually(mail.state, lambda: bool(mail.state.idlers))
        mail.state.deliver(simple("two"))
        await keeper.until(lambda: "two" in keeper.texts)
    assert set(keeper.texts) == {"one", "two"}
    assert mail.state.faults.met == [fault.kind]


async def test_every_connection_cut_while_it_idles_is_made_again(mail: MailServer) -> None:
    async with reading(ours(mail)) as keeper:
        await eventually(mail.state, lambda: bool(mail.state.idlers))
        mail.cut()
        mail.state.deliver(simple("meanwhile"))
        await keeper.until(lambda: keeper.texts == ["meanwhile"])


async def test_the_first_time_is_once_though_a_new_mailbox_had_nothing_to_mark(mail: MailServer) -> None:
    async with reading(ours(mail)) as keeper:
        await eventually(mail.state, lambda: bool(mail.state.idlers))
        mail.cut()
        mail.state.deliver(simple("opened by somebody meanwhile"), flags={"\\Seen"})
        await keeper.until(lambda: keeper.texts == ["opened by somebody meanwhile"])


async def test_a_mail_that_somebody_takes_away_meanwhile_is_no_error(mail: MailServer) -> None:
    us = ours(mail)

    def vanishes(text: str) -> None:
        mail.state.letters = [one for one in mail.state.letters if one.uid != 12]

    for number in range(12):
        mail.state.deliver(simple(f"m{number}"))
    async with reading(us, Keeper(us, vanishes)) as keeper:
        await eventually(mail.state, lambda: len(mail.state.flagged(KEPT)) == 11)
        await eventually(mail.state, lambda: bool(mail.state.idlers))
    assert len(keeper.texts) == 11


async def test_starting_waits_for_no_server_and_finds_it_later(unused_tcp_port: int) -> None:
    us = channel(imap_host="127.0.0.1", imap_port=unused_tcp_port, imap_security="none", retry_seconds=0.01)
    async with asyncio.timeout(5), reading(us) as keeper, MailServer(imap_port=unused_tcp_port) as mail:
        mail.state.deliver(simple("at last"))
        await keeper.until(lambda: keeper.texts == ["at last"])


async def test_starting_and_stopping_wait_for_no_server_that_is_silent(mail: MailServer) -> None:
    mail.state.faults.add(Fault(kind="slow", where="/imap", seconds=60))
    us = ours(mail, timeout=60)
    async with asyncio.timeout(8):
        await us.start("", Keeper(us))
        await us.stop()


async def test_a_wrong_password_is_said_at_once_and_in_no_log(
    mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    us = ours(mail, password='wrong " one')
    with pytest.raises(Misconfigured) as raised:
        await us.start("", Keeper(us))
    await us.stop()
    told = caplog.text + repr(raised.value) + repr(raised.value.__cause__) + repr(raised.value.__context__)
    assert "wrong" not in told


async def test_no_password_and_no_mail_is_in_a_log(
    mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mail.state.deliver(simple("a word between us"))
    async with reading(ours(mail)) as keeper:
        await keeper.until(lambda: len(keeper.texts) == 1)
    for secret in (PASSWORD, SECRET, "a word between us", "ann@customer.example"):
        assert secret not in caplog.text


async def test_a_mailbox_that_cannot_be_marked_is_our_mistake() -> None:
    async with MailServer(MailState(writable=False)) as mail:
        with pytest.raises(Misconfigured):
            await ours(mail).who()


async def fetched(us: Email, attachment: Attachment) -> bytes:
    return b"".join([piece async for piece in us.fetch(attachment)])


async def test_files_are_fetched_from_the_mailbox(mail: MailServer) -> None:
    mail.state.deliver(APPLE)
    us = ours(mail)
    async with reading(us) as keeper:
        await keeper.until(lambda: len(keeper.messages) == 1)
    picture, receipt, whole = keeper.messages[0].attachments
    assert await fetched(us, picture) == b"\xff\xd8\xff\xe0\x00\x10"
    assert await fetched(us, receipt) == b"%PDF-1.4\n"
    assert "Sent from my iPhone" in (await fetched(us, whole)).decode()
    assert len(await fetched(us, picture)) == picture.size


LARGE = bytes(range(256)) * 12_000
CODED = [
    pytest.param("base64", id="base64"),
    pytest.param("quoted-printable", id="quoted-printable"),
]


@pytest.mark.parametrize("way", CODED)
async def test_a_large_file_comes_whole_and_in_pieces(mail: MailServer, way: str) -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = "ann@customer.example"
    letter.set_content("Here")
    letter.add_attachment(LARGE, maintype="application", subtype="zip", filename="a.zip", cte=way)
    mail.state.deliver(letter.as_bytes())
    us = ours(mail)
    async with reading(us) as keeper:
        await keeper.until(lambda: len(keeper.messages) == 1)
    (file,) = keeper.messages[0].attachments
    assert file.size == len(LARGE)
    assert len(keeper.hooks[0].body) < 2_000
    pieces = [piece async for piece in us.fetch(file)]
    assert len(pieces) > 3
    assert b"".join(pieces) == LARGE


async def test_a_mail_above_the_cap_is_read_from_its_start(mail: MailServer) -> None:
    mail.state.deliver(simple("Hello\n" * 30_000))
    async with reading(ours(mail, largest_bytes=100_000)) as keeper:
        await keeper.until(lambda: len(keeper.messages) == 1)
        await eventually(mail.state, lambda: mail.state.flagged(KEPT) == [1])
    assert keeper.texts[0].startswith("Hello\nHello")


async def test_a_file_whose_mail_is_gone_is_said(mail: MailServer) -> None:
    us = ours(mail)
    for ref in (f"{mail.state.uidvalidity}:99:1:base64", "1:1:1:base64", "nonsense", ""):
        with pytest.raises(Refused):
            await fetched(us, Attachment(kind="document", ref=ref))


async def test_fetching_from_a_server_that_is_away_is_tried_again(unused_tcp_port: int) -> None:
    us = channel(imap_host="127.0.0.1", imap_port=unused_tcp_port, imap_security="none")
    with pytest.raises(Unreachable):
        await fetched(us, Attachment(kind="document", ref="1:1:1:base64"))


async def test_a_bounce_of_what_was_sent_comes_back_as_its_receipt(mail: MailServer) -> None:
    us = ours(mail)
    heard: list[Hook] = []
    came = asyncio.Event()

    async def keep(hook: Hook) -> None:
        heard.append(hook)
        came.set()

    sent = await us.send(OUT)
    mail.state.bounce(mail.state.sent[0])
    await us.start("", keep)
    async with asyncio.timeout(10):
        await came.wait()
    await us.stop()
    (receipt,) = us.read(heard[0]).events
    assert (receipt.external_id, receipt.status, receipt.code) == (sent.external_id, "failed", "5.1.1")  # type: ignore[union-attr]
