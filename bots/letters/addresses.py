"""Postal addresses: `post:<name>|<line>|<line>…`, each part percent-encoded as in web addresses (UTF-8)."""

import unicodedata
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote

from bots.errors import Refused

SCHEME: Final = "post:"
FEWEST, MOST = 3, 6
"""Lines, the name among them: a window shows six (DIN 5008, address zone)."""
LONGEST: Final = 45
"""Characters of a line: as many as a window of 85 mm holds."""


def address_of(lines: Sequence[str]) -> str:
    """Write lines, the name first, as an address."""
    return SCHEME + "|".join(quote(" ".join(line.split()), safe="") for line in lines)


def lines_of(address: str) -> tuple[str, ...]:
    """Read the lines of an address; raises Refused with what is wrong, a sentence for an agent."""
    if not address.startswith(SCHEME):
        raise Refused("This is not a postal address.", code="address")
    try:
        parts = [unquote(part, errors="strict") for part in address.removeprefix(SCHEME).split("|")]
    except UnicodeDecodeError:
        raise Refused("The postal address is not written in UTF-8.", code="address") from None
    lines = tuple(" ".join(unicodedata.normalize("NFC", part).split()) for part in parts)
    if not FEWEST <= len(lines) <= MOST:
        raise Refused(f"A postal address has {FEWEST} to {MOST} lines: name, street, town.", code="address")
    for line in lines:
        if not line or not line.isprintable():
            raise Refused("A line of the postal address is empty or cannot be printed.", code="address")
        if len(line) > LONGEST:
            raise Refused(f"A line of the postal address is longer than {LONGEST} letters.", code="address")
    return lines
