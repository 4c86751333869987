"""What a mail brought, fetched from the mailbox when it is wanted."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import AsyncIterator
from quopri import decodestring
from typing import Final

from bots.channel import Attachment
from bots.email.headers import parsed
from bots.email.imap import opened
from bots.email.parts import take_apart
from bots.email.reading import WHOLE, words_of
from bots.email.settings import Settings
from bots.errors import Refused

REF: Final = re.compile(r"(\d+):(\d+):(text|\d+(?:\.\d+)*):(base64|quoted-printable|)")
GONE: Final = "The mail that this file came with is no longer in the mailbox."


async def fetch(settings: Settings, attachment: Attachment) -> AsyncIterator[bytes]:
    """Stream a part's bytes, decoded; raises Refused where the mail is gone, or what IMAP raises."""
    found = REF.fullmatch(attachment.ref)
    if found is None:
        raise Refused("There is nothing to fetch here.")
    place, uid, number, encoding = found.groups()
    async with opened(settings) as mailbox:
        if mailbox.place != place:
            raise Refused(GONE)
        section = "" if number == WHOLE else number
        pieces = mailbox.chunks(int(uid), section, settings.largest_bytes)
        there = False
        async for piece in _whole(pieces) if number == WHOLE else _decoded(pieces, encoding):
            there = True
            yield piece
        if not there and await mailbox.about(int(uid)) is None:
            raise Refused(GONE)


async def _whole(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give all the words of a mail, quotes and signatures with them."""
    raw = b"".join([piece async for piece in pieces])
    if raw:
        yield words_of(take_apart(parsed(raw))).whole.encode("utf-8", "replace")


async def _decoded(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """Undo what was done for the way, piece by piece; what is spoiled is left out."""
    rest = b""
    async for piece in pieces:
        match encoding:
            case "base64":
                letters = rest + re.sub(rb"[^A-Za-z0-9+/]", b"", piece)
                end = len(letters) - len(letters) % 4
                ready, rest = _unpacked(letters[:end]), letters[end:]
            case "quoted-printable":
                lines = rest + piece
                end = lines.rfind(b"\n") + 1
                ready, rest = decodestring(lines[:end]), lines[end:]
            case _:
                ready = piece
        if ready:
            yield ready
    if rest:
        yield _unpacked(rest + b"=" * (-len(rest) % 4)) if encoding == "base64" else decodestring(rest)


def _unpacked(letters: bytes) -> bytes:
    try:
        return b64decode(letters)
    except Error:
        return b""
