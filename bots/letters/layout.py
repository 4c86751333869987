"""Where things stand on the first page, in millimetres from its top left corner.

DIN 5008:2020, forms A and B: the address field is 85 mm wide from 20 mm on, its notes and return address take
17.7 mm, the address 27.3 mm; folds at 87 and 192 mm (A), 105 and 210 mm (B). A US #10 envelope's window is
4½ by 1⅛ inches, ⅞ from the left and ½ from the bottom; the sheet folded in three rests on its bottom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

INCH: Final = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """*window* is left, top, width and height of what the envelope shows.

    *address* is where the customer's lines begin (left) and the space they have (top, height), in the
    middle of which they stand where *centred*; *back* is our one line above them, *head* where the
    letterhead begins (left, top), *text* where the date stands.
    """

    window: tuple[float, float, float, float]
    address: tuple[float, float, float]
    centred: bool
    back: float | None
    head: tuple[float, float]
    text: float
    folds: tuple[float, ...]
    left: float = 25.0
    right: float = 20.0


LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        "din5008b": Layout(
            window=(20.0, 45.0, 85.0, 45.0), address=(25.0, 62.7, 27.3), centred=False, back=57.7,
            head=(125.0, 50.0), text=98.5, folds=(105.0, 210.0),
        ),
        "din5008a": Layout(
            window=(20.0, 27.0, 85.0, 45.0), address=(25.0, 44.7, 27.3), centred=False, back=39.7,
            head=(125.0, 32.0), text=80.5, folds=(87.0, 192.0),
        ),
        "us10": Layout(
            window=(0.875 * INCH, 2.042 * INCH, 3.5 * INCH, 1.125 * INCH),
            address=(1.0 * INCH, 2.1 * INCH, 1.0 * INCH), centred=True, back=None,
            head=(5.0 * INCH, 0.6 * INCH), text=3.9 * INCH, folds=(11 / 3 * INCH, 22 / 3 * INCH),
            left=INCH, right=INCH,
        ),
    }
)  # fmt: skip
