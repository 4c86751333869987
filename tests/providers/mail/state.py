"""What lies in the mailbox, and what was handed over by SMTP."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.providers.faults import Fault, FaultKind, Faults

ADDRESS = "support@shop.example"
PASSWORD = "look-alike password"


@dataclass(slots=True, kw_only=True)
class Letter:
    """One mail in INBOX."""

    uid: int
    raw: bytes
    arrived: datetime
    flags: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One mail that came by SMTP, with its envelope."""

    sender: str
    to: tuple[str, ...]
    options: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


class MailState:
    """A mailbox; *keywords* and *idles* say what the IMAP server can, *refusals* whom SMTP refuses.

    *withheld* are the UIDs of mails that are spoiled on the server's disk: it tells of them and gives none.
    """

    def __init__(self, *, keywords: bool = True, idles: bool = True, writable: bool = True) -> None:
        self.keywords, self.idles, self.writable = keywords, idles, writable
        self.uidvalidity = 1_700_000_001
        self.letters: list[Letter] = []
        self.defined: set[str] = set()
        self.sent: list[Handed] = []
        self.refusals: dict[str, str] = {}
        self.withheld: set[int] = set()
        self.commands: list[str] = []
        self.faults = Faults()
        self.news = asyncio.Event()
        self.idlers: set[asyncio.Event] = set()
        self._uid = 0

    def deliver(self, raw: bytes, arrived: datetime | None = None, flags: set[str] | None = None) -> int:
        """Put a mail into INBOX and tell who waits; gives its UID."""
        self._uid += 1
        letter = Letter(uid=self._uid, raw=raw, arrived=arrived or datetime.now(UTC), flags=set(flags or ()))
        self.letters.append(letter)
        self.told()
        return self._uid

    def told(self) -> None:
        """Wake who idles, and who watches in a test."""
        for waiting in self.idlers:
            waiting.set()
        self.news.set()

    def flagged(self, flag: str) -> list[int]:
        """List the UIDs that bear *flag*."""
        return [one.uid for one in self.letters if flag in one.flags]

    def bounce(self, handed: Handed, *, action: str = "failed", status: str = "5.1.1", said: str = "") -> int:
        """Deliver a report on a mail that was handed over (RFC 3464)."""
        head = handed.raw.partition(b"\r\n\r\n")[0]
        said = said or f"550 {status} <{handed.to[0]}>: Recipient address rejected: User unknown"
        report = (
            "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\r\n"
            f"To: {handed.sender}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            f"Auto-Submitted: auto-replied\r\nMessage-ID: <report.{self._uid}@mx.example.net>\r\n"
            "MIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"\r\n\r\n'
            "--=_r\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n"
            "--=_r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
            f"Final-Recipient: rfc822; {handed.to[0]}\r\nAction: {action}\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; {said}\r\n\r\n"
            "--=_r\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        )
        return self.deliver(report.encode() + head + b"\r\n\r\n--=_r--\r\n")

    def fault(self, path: str, *kinds: FaultKind, status: int | None = None) -> Fault | None:
        """Use up the next fault for *path*, if it is of one of *kinds*."""
        first = next((one for one in self.faults.waiting if one.where in path), None)
        if first is None or first.kind not in kinds or (status is not None and first.status != status):
            return None
        return self.faults.take(path)
