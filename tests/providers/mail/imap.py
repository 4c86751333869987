"""An IMAP server with one mailbox and one login, as far as RFC 3501 and RFC 2177 are used."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from tests.providers.mail.state import PASSWORD, Letter, MailState

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SYSTEM = r"\Answered \Flagged \Deleted \Seen \Draft"


class Cut(Exception):
    """The connection is to be cut."""


class ImapSession:
    """One connection."""

    def __init__(self, state: MailState, login: str, reader: StreamReader, writer: StreamWriter) -> None:
        self.state, self.login, self.reader, self.writer = state, login, reader, writer
        self.entered = False
        self.selected = False
        self.known = 0

    async def run(self) -> None:
        with suppress(Cut, ConnectionError, asyncio.IncompleteReadError):
            await self.say("* OK IMAP4rev1 look-alike ready")
            while line := await self.reader.readline():
                await self.obey(line.decode().rstrip("\r\n"))
        self.writer.close()

    async def say(self, line: str, literal: bytes | None = None, after: str = "") -> None:
        if literal is not None:
            self.writer.write(f"{line} {{{len(literal)}}}\r\n".encode() + literal + f"{after}\r\n".encode())
        else:
            self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()

    async def obey(self, line: str) -> None:
        tag, _, rest = line.partition(" ")
        name, _, words = rest.partition(" ")
        name = name.upper()
        if name == "UID":
            sub, _, words = words.partition(" ")
            name = f"UID {sub.upper()}"
        self.state.commands.append(name)
        self.state.news.set()
        path = f"/imap/{name}"
        if self.state.fault(path, "drop_before"):
            self.cut()
        if fault := self.state.fault(path, "status", "throttle"):
            code = (
                "UNAVAILABLE" if fault.status == 503 or fault.kind == "throttle" else "AUTHENTICATIONFAILED"
            )
            return await self.say(f"{tag} NO [{code}] fault on request")
        if self.state.fault(path, "html"):
            return await self.say("<html><body>Bad Gateway</body></html>")
        slow, cut = self.state.fault(path, "slow"), self.state.fault(path, "drop_after")
        if slow:
            await asyncio.sleep(slow.seconds)
        await self.act(tag, name, words)
        if cut:
            self.cut()
        return None

    def cut(self) -> None:
        self.writer.transport.abort()
        raise Cut

    async def act(self, tag: str, name: str, words: str) -> None:
        act = {
            "CAPABILITY": self.capability,
            "LOGIN": self.log_in,
            "SELECT": self.select,
            "NOOP": self.noop,
            "UID SEARCH": self.search,
            "UID FETCH": self.fetch,
            "UID STORE": self.store,
            "IDLE": self.idle,
            "LOGOUT": self.log_out,
        }.get(name)
        if act is None:
            await self.say(f"{tag} BAD unknown command {name}")
        elif name not in ("CAPABILITY", "LOGIN", "NOOP", "LOGOUT") and not self.entered:
            await self.say(f"{tag} NO log in first")
        elif name.startswith(("UID", "IDLE")) and not self.selected:
            await self.say(f"{tag} BAD select first")
        else:
            await act(tag, words)

    async def capability(self, tag: str, words: str) -> None:
        extra = " IDLE" if self.state.idles and self.entered else ""
        await self.say(f"* CAPABILITY IMAP4rev1{extra}")
        await self.say(f"{tag} OK done")

    async def log_in(self, tag: str, words: str) -> None:
        found = re.fullmatch(r'(\S+) "((?:[^"\\]|\\.)*)"', words)
        given = (found[1], re.sub(r"\\(.)", r"\1", found[2])) if found else None
        if given != (self.login, PASSWORD):
            return await self.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
        self.entered = True
        return await self.say(f"{tag} OK logged in")

    async def select(self, tag: str, words: str) -> None:
        if words.strip('"').upper() != "INBOX":
            return await self.say(f"{tag} NO there is only INBOX")
        state = self.state
        self.selected = True
        self.known = len(state.letters)
        lasting = SYSTEM + (r" \*" if state.keywords else "")
        await self.say(f"* FLAGS ({' '.join([SYSTEM, *sorted(state.defined)])})")
        await self.say(f"* OK [PERMANENTFLAGS ({lasting})] Flags permitted.")
        await self.say(f"* {self.known} EXISTS")
        await self.say(f"* OK [UIDVALIDITY {state.uidvalidity}] UIDs valid")
        way = "READ-WRITE" if state.writable else "READ-ONLY"
        return await self.say(f"{tag} OK [{way}] Select completed.")

    async def noop(self, tag: str, words: str) -> None:
        await self.news()
        await self.say(f"{tag} OK done")

    async def news(self) -> None:
        if self.selected and len(self.state.letters) != self.known:
            self.known = len(self.state.letters)
            await self.say(f"* {self.known} EXISTS")

    async def search(self, tag: str, words: str) -> None:
        test = criterion(words)
        if test is None:
            return await self.say(f"{tag} BAD unknown criteria {words}")
        found = " ".join(str(one.uid) for one in self.state.letters if test(one))
        await self.say(f"* SEARCH {found}".rstrip())
        await self.news()
        return await self.say(f"{tag} OK search done")

    async def fetch(self, tag: str, words: str) -> None:
        uid, _, items = words.partition(" ")
        for number, letter in enumerate(self.state.letters, 1):
            if str(letter.uid) != uid:
                continue
            body = re.search(r"BODY\.PEEK\[([\d.]*)\]<(\d+)\.(\d+)>", items)
            if body and letter.uid in self.state.withheld:
                return await self.say(f"{tag} NO [SERVERBUG] the mail cannot be read")
            if body:
                begin, most = int(body[2]), int(body[3])
                piece = section(letter.raw, body[1])[begin : begin + most]
                head = f"* {number} FETCH (UID {uid} BODY[{body[1]}]<{begin}>"
                if re.fullmatch(rb"[A-Za-z0-9+/=]{0,40}", piece):  # a server may put a short one in quotes
                    await self.say(f'{head} "{piece.decode()}")')
                else:
                    await self.say(head, piece, ")")
            else:
                day = letter.arrived
                date = f"{day.day:2d}-{MONTHS[day.month - 1]}-{day:%Y %H:%M:%S %z}"
                await self.say(
                    f'* {number} FETCH (UID {uid} RFC822.SIZE {len(letter.raw)} INTERNALDATE "{date}")'
                )
        return await self.say(f"{tag} OK fetch done")

    async def store(self, tag: str, words: str) -> None:
        uids, way, flags = words.split(" ", 2)
        wanted = set(flags.strip("()").split())
        if way.upper() != "+FLAGS.SILENT":
            return await self.say(f"{tag} BAD not that way")
        if not self.state.keywords and any(not flag.startswith("\\") for flag in wanted):
            return await self.say(f"{tag} NO keywords are not permitted here")
        for letter in self.state.letters:
            if str(letter.uid) in uids.split(","):
                letter.flags |= wanted
        self.state.defined |= {flag for flag in wanted if not flag.startswith("\\")}
        self.state.news.set()
        return await self.say(f"{tag} OK stored")

    async def idle(self, tag: str, words: str) -> None:
        if not self.state.idles:
            return await self.say(f"{tag} BAD no idling here")
        came = asyncio.Event()
        self.state.idlers.add(came)
        await self.say("+ idling")
        await self.say("* OK Still here")
        done = asyncio.ensure_future(self.reader.readline())
        try:
            while not done.done():
                await self.news()
                came.clear()
                waiting = asyncio.ensure_future(came.wait())
                await asyncio.wait({done, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        finally:
            self.state.idlers.discard(came)
            done.cancel()
        if done.cancelled() or done.result().strip().upper() != b"DONE":
            self.cut()
        return await self.say(f"{tag} OK idle terminated")

    async def log_out(self, tag: str, words: str) -> None:
        await self.say("* BYE see you")
        await self.say(f"{tag} OK logged out")
        raise Cut


def criterion(words: str) -> Callable[[Letter], bool] | None:
    """Read a search: one criterion."""
    match words.split():
        case ["ALL"]:
            return lambda _: True
        case ["OR", "SEEN", "BEFORE", day]:
            until = datetime.strptime(day, "%d-%b-%Y").date()
            return lambda one: "\\Seen" in one.flags or one.arrived.date() < until
        case ["UNSEEN"]:
            return lambda one: "\\Seen" not in one.flags
        case ["KEYWORD", flag]:
            return lambda one: flag in one.flags
        case ["UNKEYWORD", flag]:
            return lambda one: flag not in one.flags
        case _:
            return None


def section(raw: bytes, number: str) -> bytes:
    """Give a part as it is encoded in the mail (RFC 3501 §6.4.5); nothing where there is none."""
    if not number:
        return raw
    part: Message = message_from_bytes(raw)
    for step in (int(one) for one in number.split(".")):
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            if step > len(payload):
                return b""
            part = payload[step - 1]  # type: ignore[assignment]
        elif step != 1:
            return b""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"".join(one.as_bytes() for one in payload)  # type: ignore[union-attr]
    return str(payload).encode("ascii", "surrogateescape")
