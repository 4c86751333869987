"""How a customer says how it was: a number from 1 to 5, alone or with words after it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from routing.consent import plain
from routing.thanks import is_thanks

LONGEST: Final = 1_000
"""Characters; whoever writes more says more than how it was."""
WORDS: Final[Mapping[str, int]] = MappingProxyType(
    {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
    | {"um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5}
    | {"uno": 1, "una": 1, "dos": 2, "cuatro": 4}
)
UNITS: Final = "stars?|points?|estrelas?|estrellas?|pontos?|puntos?"
STARS: Final = "⭐★🌟"
_KEYCAP: Final = re.compile("[\ufe0e\ufe0f\u20e3]")
_NUMBER: Final = re.compile(
    r"(?P<number>\d)(?:\s*(?:/|out of|of|de|em)\s*5)?(?![\w/]|[.,:]\d)", re.IGNORECASE
)
_WORD: Final = re.compile(r"(?P<word>[^\W\d_]+)")
_UNIT: Final = re.compile(rf"\s*(?:{UNITS}|[{STARS}]+)(?!\w)", re.IGNORECASE)
_APART: Final = re.compile(r"\s*(?:[-–—,.;:!…)\n]+|$)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """*stars* from 1 to 5, what was written after them, and whether those *words* may want an answer."""

    stars: int
    words: str = ""
    asks: bool = False


def rating_of(text: str) -> Rating | None:
    """Read an answer to "how was it, from 1 to 5": None where it is none.

    A number, a word for one, or as many stars, with or without a word for stars, is one. Words after it
    must stand apart from it: "4, quick" is a rating, "4 parcels are missing" is none.
    """
    said = _KEYCAP.sub("", unicodedata.normalize("NFKC", text)).strip()
    if not said or len(said) > LONGEST:
        return None
    found = _stars(said) or _number(said) or _word(said)
    if found is None:
        return None
    stars, rest = found
    unit = None if said[0] in STARS else _UNIT.match(rest)
    rest = rest[unit.end() :] if unit else rest
    apart = _APART.match(rest)
    words = rest[apart.end() :].strip() if apart else rest.strip()
    if not 1 <= stars <= 5 or not (apart or is_thanks(words)) or words[:1].isdigit():
        return None
    return Rating(stars=stars, words=words, asks="?" in words or "؟" in words)


def _stars(said: str) -> tuple[int, str] | None:
    bare = said.lstrip(STARS)
    return (len(said) - len(bare), bare) if len(bare) < len(said) else None


def _number(said: str) -> tuple[int, str] | None:
    found = _NUMBER.match(said)
    return (unicodedata.digit(found["number"]), said[found.end() :]) if found else None


def _word(said: str) -> tuple[int, str] | None:
    found = _WORD.match(said)
    number = WORDS.get(plain(found["word"])) if found else None
    return (number, said[found.end() :]) if found and number is not None else None
