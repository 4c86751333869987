"""Our mailbox over IMAP: what is not kept yet, each mail and its parts, and waiting for more.

Sources: RFC 3501 (IMAP4rev1), RFC 2177 (IDLE). `aioimaplib` waits for ever where a connection is lost under
a command, and writes passwords and mails into its log at DEBUG: both are stopped here. Its answers to
BODYSTRUCTURE and ENVELOPE are never asked for: a bracket in a file's name keeps it waiting.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from aioimaplib import IMAP4, AioImapException, Response  # type: ignore[import-untyped]

from bots.email.settings import Settings
from bots.errors import ChannelError, Misconfigured, Unreachable

KEYWORD: Final = "$Tidings"
"""Set on a mail once it is kept."""
SEEN: Final = "\\Seen"
"""Set in its place where a server knows no keywords."""
CHUNK: Final = 1_000_000
AT_ONCE: Final = 200
"""Mails that one STORE flags."""
FLAWS: Final = (
    AioImapException,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
)
"""What an odd answer makes the library raise, with TimeoutError among the OSErrors."""
LATER: Final = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|OVERQUOTA|THROTTLED)\b", re.IGNORECASE
)
"""What a refused login may say that is not the password's fault: RFC 5530."""
QUOTED: Final = re.compile(rb'BODY\[[0-9.]*\](?:<[0-9]+>)? "((?:[^"\\]|\\.)*)"')
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Answer = TypeVar("Answer")


class Withheld(Unreachable):
    """The mail server did not give the mail."""


class Mailbox:
    """An open INBOX; *place* is its UIDVALIDITY, *flag* what marks the mails that are kept."""

    def __init__(self, client: IMAP4, lost: asyncio.Event, timeout: float) -> None:
        """Ask over *client*, whose connection is gone when *lost* is set."""
        self._client, self._lost, self._timeout = client, lost, timeout
        self.place, self.flag, self.known = "", SEEN, False
        self.idles = False

    async def select(self) -> None:
        """Open INBOX; raises Misconfigured where it cannot be written to."""
        answer = await self.asked(self._client.select("INBOX"))
        lines = [_text(line) for line in answer.lines]
        validity = re.search(r"UIDVALIDITY (\d+)", " ".join(lines))
        if answer.result != "OK" or validity is None:
            raise Misconfigured("The mail server has no INBOX for us.")
        if "[READ-ONLY]" in lines[-1].upper():
            raise Misconfigured("The mail server lets us read INBOX only: what is kept could not be marked.")
        self.place = validity[1]
        lasting = " ".join(line for line in lines if "PERMANENTFLAGS" in line)
        self.flag = KEYWORD if "\\*" in lasting or KEYWORD in lasting else SEEN
        self.known = any(line.startswith("FLAGS") and KEYWORD in line for line in lines)
        self.idles = self._client.has_capability("IDLE")

    async def unkept(self, since: date | None) -> list[int]:
        """List the UIDs of what is not kept yet, oldest first.

        The first time ever, what people have read before us is none of ours, nor what came before *since*:
        it is marked as kept. Without a *since* it is not the first time.
        """
        if self.flag == SEEN:
            return await self._found("UNSEEN")
        if since is not None and not self.known and not await self._found(f"KEYWORD {KEYWORD}"):
            await self.mark(await self._found(f"OR SEEN BEFORE {_day(since)}"))
        return await self._found(f"UNKEYWORD {KEYWORD}")

    async def mark(self, uids: Sequence[int]) -> None:
        """Mark mails as kept; raises Unreachable where the server will not."""
        for begin in range(0, len(uids), AT_ONCE):
            some = ",".join(str(uid) for uid in uids[begin : begin + AT_ONCE])
            answer = await self.asked(self._client.uid("STORE", some, "+FLAGS.SILENT", f"({self.flag})"))
            if answer.result != "OK":
                raise Unreachable("The mail server does not mark what is kept.")

    async def about(self, uid: int) -> tuple[int, datetime] | None:
        """Say how large a mail is, in bytes, and when the server took it; None where it is gone."""
        answer = await self.asked(self._client.uid("FETCH", str(uid), "(UID RFC822.SIZE INTERNALDATE)"))
        for line in answer.lines[:-1]:
            text = _text(line)
            size, moment = re.search(r"RFC822\.SIZE (\d+)", text), re.search(r'INTERNALDATE "([^"]+)"', text)
            if size and moment and re.search(rf"\bUID {uid}\b", text):
                return int(size[1]), _moment(moment[1])
        return None

    async def chunks(self, uid: int, section: str, most: int) -> AsyncIterator[bytes]:
        """Give a section of a mail (empty: the whole) up to *most* bytes; nothing where it is gone.

        Raises Withheld where the server has it and will not give it.
        """
        begin = 0
        while begin < most:
            size = min(CHUNK, most - begin)
            asked = f"(UID BODY.PEEK[{section}]<{begin}.{size}>)"
            answer = await self.asked(self._client.uid("FETCH", str(uid), asked), slack=60)
            if answer.result != "OK":
                raise Withheld
            piece = next((found for line in answer.lines if (found := _piece(line)) is not None), b"")
            if piece:
                yield piece
            if len(piece) < size:
                return
            begin += size

    async def wait(self, stop: asyncio.Event, idle_seconds: float, poll_seconds: float) -> None:
        """Wait until mail may have come, or *stop*; raises Unreachable once the connection is lost."""
        if not self.idles:
            await self._first(stop.wait(), seconds=poll_seconds)
            await self.asked(self._client.noop())
            return
        idle = await self.asked(self._client.idle_start(timeout=idle_seconds + 60))
        try:
            await self._first(stop.wait(), self._came(), idle, seconds=idle_seconds)
        finally:
            if not idle.done() and not self._lost.is_set():
                self._client.idle_done()
        await self.asked(idle)

    async def asked(self, answer: Awaitable[Answer], slack: float = 0) -> Answer:
        """Wait for an answer, but not longer than the connection lasts; raises Unreachable."""
        task, lost = asyncio.ensure_future(answer), asyncio.ensure_future(self._lost.wait())
        try:
            done, _ = await asyncio.wait(
                {task, lost}, timeout=self._timeout + slack, return_when=asyncio.FIRST_COMPLETED
            )
            if task in done:
                return task.result()
            raise Unreachable("The connection to the mail server was lost." if done else SILENT)
        except FLAWS:
            # Not chained: the library's exceptions repeat the command, and with it what it held.
            raise Unreachable("The mail server's answer was not one.") from None
        finally:
            # Not awaited: a cancelled wait for the greeting goes on until its connection is closed.
            task.cancel()
            lost.cancel()

    async def _found(self, criteria: str) -> list[int]:
        answer = await self.asked(self._client.uid_search(criteria, charset=None))
        if answer.result != "OK":
            raise Unreachable("The mail server does not search INBOX.")
        words = b" ".join(bytes(line) for line in answer.lines[:-1]).split()
        return sorted({int(word) for word in words if word.isdigit()})

    async def _came(self) -> None:
        """Wait until the server says that there are more mails; that it is still there is no news."""
        while True:
            # Not wait_server_push: Python 3.11's wait_for may lose a cancellation there.
            lines = await self._client.protocol.idle_queue.get()
            if any(b"EXISTS" in line or b"BYE" in line for line in lines):
                return

    async def _first(self, *waits: Awaitable[Any], seconds: float) -> None:
        tasks = {asyncio.ensure_future(wait) for wait in (*waits, self._lost.wait())}
        own = {task for task in tasks if task not in waits}
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _ended(*own)
        if self._lost.is_set():
            raise Unreachable("The connection to the mail server was lost.")


SILENT: Final = "The mail server did not answer in time."


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Mailbox]:
    """Connect, log in and open INBOX; raises Unreachable, or Misconfigured where the login is refused."""
    logging.getLogger("aioimaplib").setLevel(logging.ERROR)
    lost = asyncio.Event()
    context = ssl.create_default_context() if settings.imap_security == "tls" else None
    client = IMAP4(
        host=settings.imap_host,
        port=settings.imap_port,
        timeout=settings.timeout,
        conn_lost_cb=lambda _: lost.set(),
        ssl_context=context,
    )
    try:
        mailbox = Mailbox(client, lost, settings.timeout)
        await _entered(client, mailbox, settings)
        await mailbox.select()
        yield mailbox
        await _said_goodbye(client, lost)
    finally:
        await _ended(client._client_task, *client.tasks, *client.protocol.tasks)
        if client.protocol.transport is not None:
            client.protocol.transport.close()


async def _entered(client: IMAP4, mailbox: Mailbox, settings: Settings) -> None:
    try:
        await mailbox.asked(client.wait_hello_from_server())
    except Unreachable:
        raise Unreachable(f"The mail server {settings.imap_host} cannot be reached.") from None
    answer: Response = await mailbox.asked(client.login(settings.login, settings.password.get_secret_value()))
    if answer.result != "OK":
        if LATER.search(" ".join(_text(line) for line in answer.lines)):
            raise Unreachable("The mail server lets nobody in at the moment.")
        raise Misconfigured(f"The mail server {settings.imap_host} does not take our name and password.")
    await mailbox.asked(client.protocol.capability())  # there may be more once one is in


async def _said_goodbye(client: IMAP4, lost: asyncio.Event) -> None:
    """Log out, but do not wait for it."""
    if not lost.is_set() and not client.has_pending_idle():
        with suppress(ChannelError):
            await Mailbox(client, lost, 0.5).asked(client.logout())


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _piece(line: bytes | bytearray) -> bytes | None:
    """Give what a line of a FETCH holds of a mail: a literal, or words in quotes (RFC 3501, nstring)."""
    if isinstance(line, bytearray):
        return bytes(line)
    found = QUOTED.search(line)
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else None


def _day(day: date) -> str:
    """Write a day as IMAP does, whatever language this machine speaks."""
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"


def _moment(written: str) -> datetime:
    """Read an INTERNALDATE: " 1-Mar-2026 12:00:00 +0000"."""
    try:
        day, time = written.strip().split(" ", 1)
        number, month, year = day.split("-")
        iso = f"{year}-{MONTHS.index(month.capitalize()) + 1:02d}-{int(number):02d} {time}"
        return datetime.strptime(iso, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _text(line: bytes | bytearray) -> str:
    return "" if isinstance(line, bytearray) else line.decode("utf-8", "replace")
