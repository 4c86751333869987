"""Finding words as people type them: in any case, with or without the accents, anywhere in a name."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement

ACCENTED: Final = (range(0xC0, 0x530), range(0x1E00, 0x2000))  # Latin, Greek and Cyrillic letters
STROKES: Final = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "a", "ß": "s"}


def folded(text: str) -> str:
    """Return *text* in small letters without accents: joao for João."""
    apart = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return "".join(STROKES.get(one, one) for one in bare.lower())


def like(column: ColumnElement[Any], words: str, dialect: str) -> ColumnElement[bool]:
    """Say whether *words* stand anywhere in *column*, on SQLite by GLOB, on PostgreSQL by `~`."""
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)(f"*{_classes(words)}*")
    return column.op("~", is_comparison=True)(_classes(words))


def _classes(words: str) -> str:
    """Write *words* so that each letter stands for all its forms; both dialects read it alike."""
    return "".join(f"[{''.join(_forms(one))}]" for one in folded(words))


def _forms(letter: str) -> Iterator[str]:
    """List what may stand for *letter*; signs that a class would read otherwise are kept to themselves."""
    if letter in "^\\":
        letter = "?"  # nobody's name has them, and a class of one of them cannot be written for both
    yield from sorted({letter, letter.upper()[:1], *VARIANTS.get(letter, "")})


def _variants() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in (code for block in ACCENTED for code in block):
        bare = folded(chr(code))
        if len(bare) == 1 and bare != chr(code):
            found[bare] = found.get(bare, "") + chr(code)
    return found


VARIANTS: Final[Mapping[str, str]] = _variants()
