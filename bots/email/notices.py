"""Mail that no person wrote: what became of ours, answers of programs, lists, loops.

Sources: RFC 3464 (delivery reports), RFC 8098 (that a mail was opened), RFC 3834 (automatic answers),
RFC 2919 (List-Id), and for X-Auto-Response-Suppress
https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bots.channel import Receipt, ReceiptStatus
from bots.email.codes import sentence
from bots.email.content import content_of, inside
from bots.email.headers import Mail, addresses, identifiers, parsed, plain, sender, tidy
from bots.email.settings import Settings

ACTIONS: Final[dict[str, ReceiptStatus | None]] = {
    "failed": "failed",
    "delayed": None,  # the server goes on trying: nothing has happened yet
    "delivered": "delivered",
    "relayed": "sent",  # handed on to a server that reports nothing
    "expanded": "delivered",
}
"""What a delivery report says was done: RFC 3464 §2.3.3."""
DISPOSITIONS: Final[dict[str, ReceiptStatus | None]] = {
    "displayed": "read",
    "deleted": None,  # unread
    "dispatched": None,
    "processed": None,
    "denied": None,
    "failed": None,
}
"""What a disposition report says: RFC 8098 §3.2.6, the last four of RFC 2298 and before."""
STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
OURS: Final = re.compile(r"tidings\.[0-9a-f]{40}@[^\s<>]+")
"""What our own Message-IDs look like: `bots.email.composing.message_id`."""
OUR_ID: Final = "X-Tidings-Id"
ROBOTS: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})


def report_of(mail: Mail, now: datetime) -> tuple[tuple[Receipt, ...], str] | None:
    """Read a report on a mail of ours: receipts, the name of what is passed over, or None if it is none."""
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(_inside(mail))[:50]
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status" | "message/global-delivery-status":
                return _delivery(part, parts, now)
            case "message/disposition-notification" | "message/global-disposition-notification":
                return _disposition(part, now)
    return (), "report"


def robot(mail: Mail, settings: Settings) -> str:
    """Name the kind of mail that no person wrote and nobody answers; empty where a person did."""
    address = sender(mail)[1]
    if address in settings.forms:
        return ""
    if address in settings.ours or any(OURS.fullmatch(one) for one in identifiers(mail, "Message-ID")):
        return "own mail"
    if address.partition("@")[0] in ROBOTS:
        return "bounce"
    if _automatic(mail):
        return "auto-reply"
    listed = plain(mail, "List-Id").rpartition("<")[2].strip(" >").lower()
    if listed in {name.strip(" <>").lower() for name in settings.lists} - {""}:
        return ""
    precedence = plain(mail, "Precedence").lower()
    if listed or "List-Id" in mail or precedence in ("list", "bulk", "junk"):
        return "mailing list" if listed or precedence == "list" else "bulk mail"
    return ""


def _automatic(mail: Mail) -> bool:
    """Whether a program answered by itself, by any of the signs that programs give."""
    said = plain(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if said and said != "no":
        return True
    if plain(mail, "Precedence").lower() in ("auto_reply", "auto-reply"):
        return True
    if plain(mail, "Return-Path") == "<>" or any(name in mail for name in ("X-Autoreply", "X-Autorespond")):
        return True
    if plain(mail, "X-Autoreply").lower() == "yes" or plain(mail, "X-Auto-Reply"):
        return True
    wanted_none = {word.strip() for word in plain(mail, "X-Auto-Response-Suppress").lower().split(",")}
    return bool(wanted_none & {"all", "oof", "autoreply"})


def _delivery(part: Mail, parts: list[Mail], now: datetime) -> tuple[tuple[Receipt, ...], str]:
    """Read a delivery report: one group of fields for the mail, one for each who was to get it."""
    groups = _groups(part)
    original = _original(parts)
    found = [one for group in groups if (one := _recipient(group, original, now)) is not None]
    if found:
        return tuple(found), ""
    actions = {plain(group, "Action").lower() for group in groups} - {""}
    return (), "delayed" if "delayed" in actions else "report"


def _recipient(group: Mail, original: str, now: datetime) -> Receipt | None:
    status = ACTIONS.get(plain(group, "Action").lower())
    if status is None or not original:
        return None
    said = plain(group, "Diagnostic-Code").partition(";")[2].strip() or plain(group, "Diagnostic-Code")
    code = _code(plain(group, "Status"), said) if status == "failed" else ""
    to = plain(group, "Original-Recipient") or plain(group, "Final-Recipient")
    address = to.rpartition(";")[2].strip(" <>").lower()
    return Receipt(
        external_id=original,
        status=status,
        sent_at=now,
        address=f"mailto:{address}" if "@" in address else "",
        code=code,
        reason=sentence(code, tidy(said)) if status == "failed" else "",
    )


def _code(status: str, said: str) -> str:
    """Choose the telling code: servers write 5.0.0 as the status and the real one in their answer."""
    codes = [found[1] for found in (STATUS.search(status), STATUS.search(said)) if found]
    telling = [code for code in codes if not code.endswith(".0.0")]
    return (telling or codes or [""])[0]


def _original(parts: list[Mail]) -> str:
    """Find the mail of ours that a report is on, in its headers that came back."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            found = _ours(parsed(content_of(part)))
        elif kind in ("message/rfc822", "message/global"):
            found = next((_ours(inner) for inner in inside(part)), "")
        else:
            continue
        if found:
            return found
    return ""


def _ours(original: Mail) -> str:
    """Give our own id of a mail that came back: some servers write a Message-ID of theirs in its place.

    Nobody who did not get the mail can guess it, so that no stranger's report counts.
    """
    ids = identifiers(original, OUR_ID) + identifiers(original, "Message-ID")
    return next((one for one in ids if OURS.fullmatch(one)), "")


def _disposition(part: Mail, now: datetime) -> tuple[tuple[Receipt, ...], str]:
    """Read a report that a mail was opened."""
    for group in _groups(part):
        original = next((one for one in identifiers(group, "Original-Message-ID") if OURS.fullmatch(one)), "")
        word = plain(group, "Disposition").rpartition(";")[2].partition("/")[0].strip().lower()
        status = DISPOSITIONS.get(word)
        if status is None or not original:
            continue
        to = plain(group, "Final-Recipient").rpartition(";")[2].strip(" <>").lower()
        address = f"mailto:{to}" if "@" in to else ""
        return (Receipt(external_id=original, status=status, sent_at=now, address=address),), ""
    return (), "report"


def _groups(part: Mail) -> list[Mail]:
    """List a report's groups of fields: the parser makes a mail of each; a spoiled one is text."""
    if groups := inside(part):
        return [one for group in groups for one in (group, *_rest(group))]
    return [parsed(block) for block in re.split(rb"\r?\n\r?\n", content_of(part))[:50] if block.strip()]


def _rest(group: Mail) -> list[Mail]:
    """Give the groups that stand in another's body, as the parser leaves them in a global report."""
    blocks = re.split(rb"\r?\n\r?\n", content_of(group))[:50]
    return [parsed(block) for block in blocks if b":" in block]


def _inside(mail: Mail) -> Iterator[Mail]:
    for one in inside(mail):
        yield one
        if one.get_content_maintype() == "multipart":
            yield from _inside(one)


def unsubscribes(mail: Mail, settings: Settings, text: str) -> str:
    """Say why a mail stops marketing: sent to our address for it, or all that it says; else empty."""
    to = addresses(mail, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    if settings.unsubscribe_address and settings.unsubscribe_address in to:
        return "The customer wrote to our unsubscribe address."
    subject = plain(mail, "Subject").lower().strip(" .!")
    if subject in ("unsubscribe", "unsubscribe me") and text.strip().lower().strip(" .!") in (
        "",
        subject,
        "unsubscribe",
    ):
        return "The customer sent a mail that says unsubscribe."
    return ""
