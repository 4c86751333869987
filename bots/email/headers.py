"""Headers of a mail that came: decoded, never failing, whatever a sender wrote.

The standard package's newer header objects raise on odd ones (IndexError, AttributeError), and cost ten
times as much; so its plain parser is used, and what it leaves encoded is decoded here (RFC 2047).
"""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from idna import IDNAError
from idna import decode as to_letters
from idna import encode as to_ascii

IDS: Final = re.compile(r"<([^<>\s]{1,900})>")
ENCODED: Final = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=)\s+(?==\?)")
ADDRESS: Final = re.compile(r"[^\s@<>,;:\"\x00-\x1f]{1,64}@[^\s@<>,;:\"\x00-\x1f]{1,253}")
ANGLED: Final = re.compile(rf"<\s*({ADDRESS.pattern})\s*>")
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')
"""A quoted name, or a remark: RFC 5322 §3.2.2, §3.2.4."""
LONGEST: Final = 10_000
"""Characters of one header that are looked at."""

CHARSETS: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "unknown-8bit": "utf-8",
}
"""Charsets that programs name and do not mean, or name in their own way."""

Mail = Message


class AsItCame(Compat32):
    """The plain policy, which gives each header as the very text that came."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Give *value*; bytes beyond ASCII are escaped in it (PEP 383)."""
        return value


def parsed(raw: bytes) -> Mail:
    """Parse a mail; nothing is too odd for it."""
    return BytesParser(policy=AsItCame()).parsebytes(raw)


def header(mail: Mail, name: str) -> str:
    """Give the first header *name* decoded, on one line; empty where there is none."""
    return decoded(mail.get(name, ""))


def plain(mail: Mail, name: str) -> str:
    """Give the first header *name* as it stands, on one line."""
    value = mail.get(name, "")
    return " ".join(_text(value)[:LONGEST].split())


def decoded(value: str) -> str:
    """Decode a header's words, on one line; a charset that nobody knows is read as Latin-1."""
    text = _text(value)[:LONGEST]
    if "=?" not in text:
        return tidy(text)
    try:
        pieces = decode_header(ENCODED.sub(r"\1", text))
    except (HeaderParseError, ValueError):
        return tidy(text)
    return tidy("".join(piece if isinstance(piece, str) else unpacked(piece, code) for piece, code in pieces))


def unpacked(raw: bytes, charset: str | None) -> str:
    """Decode bytes said to be in *charset*: as that, else as UTF-8, else as Windows' Latin."""
    for name in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(_charset(name))
        except (LookupError, ValueError):  # a UnicodeError is a ValueError
            continue
    return raw.decode("latin-1")


def tidy(text: str) -> str:
    """Put a header on one line, without control characters or halves of a pair."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())


def sender(mail: Mail, name: str = "From") -> tuple[str, str]:
    """Give the display name and the address of the first in header *name*; both empty where there is none.

    What stands in angle brackets is the address: one in the name before it is anybody's to write.
    """
    found, angled = _addresses(mail, name), authors(mail, name)
    if not angled:
        return "", ""
    return next((shown for shown, address in found if address == angled[0]), ""), angled[0]


def authors(mail: Mail, name: str = "From") -> list[str]:
    """List the different addresses of header *name*: those in angle brackets, else all."""
    found = [mailbox(one) for value in _values(mail, name) for one in ANGLED.findall(QUOTED.sub(" ", value))]
    return list(dict.fromkeys(found or [address for _, address in _addresses(mail, name)]))


def mailbox(address: str) -> str:
    """Spell an address in one way: lower case, its domain in ASCII (RFC 5891), no dot at its end."""
    local, _, domain = address.lower().rpartition("@")
    domain = domain.rstrip(".") or domain
    if not domain.isascii():
        with suppress(IDNAError):  # no domain that mail could reach stays as it is written
            domain = to_ascii(domain, uts46=True).decode()
    return f"{local}@{domain}"


def spelled(address: str) -> str:
    """Give an address with its domain as people read it; the same where that is ASCII."""
    local, _, domain = address.rpartition("@")
    if not any(label.startswith("xn--") for label in domain.split(".")):
        return address
    try:
        return f"{local}@{to_letters(domain)}"
    except IDNAError:
        return address


def addresses(mail: Mail, *names: str) -> set[str]:
    """Collect all addresses of the headers *names*, lower case."""
    return {address for name in names for _, address in _addresses(mail, name)}


def identifiers(mail: Mail, name: str) -> list[str]:
    """List the message ids of header *name*, without their brackets."""
    return IDS.findall(_text(mail.get(name, ""))[:LONGEST])


def when(value: str) -> datetime | None:
    """Read a date as mail writes it; None where it is none."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _addresses(mail: Mail, name: str) -> list[tuple[str, str]]:
    """Read one header of addresses: decoded names beside addresses in lower case."""
    values = _values(mail, name)
    found = getaddresses(values)
    taken = [(decoded(shown), mailbox(address)) for shown, address in found if ADDRESS.fullmatch(address)]
    if taken or not values:
        return taken
    # An unquoted comma or bracket in a name makes the strict reader give up: take the address itself.
    return [("", mailbox(bare)) for bare in ADDRESS.findall(values[0])[:1]]


def _values(mail: Mail, name: str) -> list[str]:
    return [" ".join(_text(value)[:LONGEST].split()) for value in mail.get_all(name, [])[:10]]


def _text(value: str) -> str:
    """Give a header as text: bytes beyond ASCII are read as UTF-8 or Latin."""
    try:
        raw = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value if value.isascii() else unpacked(raw, None)


def _charset(name: str) -> str:
    plain_name = name.strip().strip("'\"").lower().partition("*")[0]
    return CHARSETS.get(plain_name, plain_name)
