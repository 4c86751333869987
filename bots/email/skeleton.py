"""A large mail made small for the journal: its words stay, its files are left in the mailbox."""

from base64 import encodebytes
from email.generator import BytesGenerator
from email.policy import Policy
from io import BytesIO
from typing import Final

from bots.email.content import CUT, SIZE, content_of, inside
from bots.email.files import size_of
from bots.email.headers import AsItCame, Mail, parsed
from bots.email.parts import leaves, words

SMALL: Final = 200_000
"""Bytes up to which a mail is journalled as it came."""
LONGEST_TEXT: Final = 300_000
"""Bytes of one text that go into the journal."""
LARGEST: Final = 1_000_000
"""Bytes that a hook has at most, as at the door."""


def skeleton(raw: bytes) -> bytes:
    """Give a mail without the content of its files: their headers stay, with how large each is.

    A mail of up to `SMALL` bytes is given as it came. The same mail always gives the same bytes.
    """
    if len(raw) <= SMALL:
        return raw
    try:
        mail = parsed(raw)
        read = {number for number, _ in words(mail)}
        for number, part in list(leaves(mail)):
            if number in read:
                _cut(part)
            else:
                _empty(part)
        return _written(mail)[:LARGEST]
    except (UnicodeError, ValueError, TypeError, KeyError, RecursionError):
        return raw[:LARGEST]  # too odd to be written again: its beginning, where the words are


def _cut(part: Mail) -> None:
    text = content_of(part)
    if len(text) > LONGEST_TEXT:
        part.set_payload(encodebytes(text[:LONGEST_TEXT]).decode())
        _note(part, "Content-Transfer-Encoding", "base64")
        _note(part, CUT, "1")


def _empty(part: Mail) -> None:
    """Leave a file's content out; a report stays whole, and of a mail in the mail the headers stay."""
    if part.is_multipart():
        if part.get_content_type() != "message/rfc822":
            return
        size = len(_written(part))
        for one in inside(part):
            one.set_payload("")
    else:
        size = size_of(part) or 0
        part.set_payload("")
    _note(part, SIZE, str(size))


def _note(part: Mail, name: str, value: str) -> None:
    del part[name]
    part[name] = value


def _written(mail: Mail) -> bytes:
    policy: Policy = AsItCame(max_line_length=0)
    file = BytesIO()
    BytesGenerator(file, mangle_from_=False, policy=policy).flatten(mail)
    return file.getvalue()
