"""How many parts a text takes on the phone network, and which character made it dear.

The alphabet and the part sizes are those of 3GPP TS 23.038 and TS 23.040.
"""

from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
ALPHABET = BASIC | EXTENDED
ALONE = {"GSM-7": 160, "UCS-2": 70}
JOINED = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The size of a text: *units* are septets in GSM-7, UTF-16 code units in UCS-2.

    *per_part* is how many units a part holds, *left* how many still fit into the last part,
    *culprit* the first character that is not in GSM-7 (empty where all are).
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    per_part: int
    left: int
    culprit: str


def count(text: str) -> Segments:
    """Count the parts of *text*; an empty text is one empty part.

    An escape pair or a surrogate pair never straddles two parts, so a part may end one unit early.
    """
    culprit = next((character for character in text if character not in ALPHABET), "")
    encoding: Literal["GSM-7", "UCS-2"] = "UCS-2" if culprit else "GSM-7"
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= ALONE[encoding]:
        left = ALONE[encoding] - units
        return Segments(
            encoding=encoding, units=units, parts=1, per_part=ALONE[encoding], left=left, culprit=culprit
        )
    parts, left = _fill(widths, JOINED[encoding])
    return Segments(
        encoding=encoding, units=units, parts=parts, per_part=JOINED[encoding], left=left, culprit=culprit
    )


def _width(character: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _fill(widths: list[int], per_part: int) -> tuple[int, int]:
    parts, left = 1, per_part
    for width in widths:
        if width > left:
            parts, left = parts + 1, per_part
        left -= width
    return parts, left
