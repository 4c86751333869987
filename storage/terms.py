"""Words as the search sees them: folded, whatever the accents and the case; scripts without spaces by letter.

Both databases are given the same terms, so that both find the same. Thai, Lao, Khmer, Burmese, Chinese and
Japanese are not cut into words: each letter is a term, and what is asked must stand together.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from storage.likeness import STROKES

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
MOST: Final = 10_000  # terms of one text that are indexed
LONGEST: Final = 64  # letters of one term
ASKED: Final = 12  # words and phrases of one search
PREFIX: Final = 3  # letters from which the last word may be the beginning of one


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a text, and where it stands there."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: every phrase, each of one or more terms; *open* if the last term may go on."""

    phrases: tuple[tuple[str, ...], ...]
    open: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, in the order in which they were asked for."""
        return tuple(term for phrase in self.phrases for term in phrase)


def parts(text: str) -> Iterator[Part]:
    """Cut *text* into terms."""
    for found in _pattern().finditer(text):
        term = folded(found[0])
        if term:
            yield Part(term, found.start(), found.end())


def terms(text: str) -> list[str]:
    """List the terms of *text*, at most so many as are indexed."""
    found = _PLAIN.findall(text.lower()) if text.isascii() else _letters().findall(_bare(text))
    return [one[:LONGEST] for one in found[:MOST]]


def _bare(text: str) -> str:
    """Fold a text whole, with what stands between its words."""
    return unicodedata.normalize("NFKD", text.lower()).translate(_dropped()).lower()


def query(text: str) -> Query:
    """Read what was typed; nothing in it can be wrong. What stands in quotes stands together."""
    phrases: list[tuple[str, ...]] = []
    pieces = text.split('"')
    for number, piece in enumerate(pieces):
        quoted = number % 2 == 1 and number < len(pieces) - 1
        chunks = [piece] if quoted else piece.split()
        phrases += [tuple(found) for chunk in chunks if (found := terms(chunk))]
    kept = tuple(phrases[:ASKED])
    goes_on = bool(kept) and not text.rstrip().endswith('"') and _may_go_on(kept[-1][-1])
    return Query(kept, open=goes_on)


def _may_go_on(term: str) -> bool:
    return len(term) >= PREFIX


def folded(word: str) -> str:
    """Return a word in small letters without accents or any other mark, letters and digits only."""
    if word.isascii():
        return word.lower()[:LONGEST]
    return "".join(one for one in _bare(word) if one.isalnum())[:LONGEST]


def tails(text: str) -> list[str]:
    """List the terms of a name or an address with their ends, so that a beginning finds a part too."""
    found: dict[str, None] = {}
    for term in terms(text)[:32]:
        ends = range(len(term) - PREFIX + 1) if len(term) <= 20 else ()
        found.update(dict.fromkeys([term, *(term[start:] for start in ends)]))
    return list(found)


_PLAIN: Final = re.compile(r"[a-z0-9]+")


@cache
def _marks() -> list[int]:
    return [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")]


@cache
def _dropped() -> dict[int, str | None]:
    """What becomes of letters: marks go, strokes go too."""
    return {**dict.fromkeys(_marks()), **{ord(one): bare for one, bare in STROKES.items()}}


@cache
def _letters() -> re.Pattern[str]:
    return re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")


@cache
def _pattern() -> re.Pattern[str]:
    """A letter of a script without spaces, or a run of letters, digits and the marks on them."""
    marks = "".join(_ranges(_marks()))
    return re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]|[{marks}])+")


def _ranges(codes: Sequence[int]) -> Iterator[str]:
    """Write rising *codes* as ranges of a regular expression's class."""
    first = last = codes[0]
    for code in (*codes[1:], sys.maxunicode + 2):
        if code != last + 1:
            yield f"\\U{first:08x}-\\U{last:08x}"
            first = code
        last = code


def places(query: Query, found: Sequence[Part]) -> list[tuple[int, int]]:
    """Say where in a text of the parts *found* what is looked for stands, as spans in order."""
    spans: list[tuple[int, int]] = []
    for number, phrase in enumerate(query.phrases):
        goes_on, further = query.open and number == len(query.phrases) - 1, len(phrase) - 1
        spans += [
            (found[at].start, found[at + further].end)
            for at in range(len(found) - further)
            if _stands(phrase, found[at : at + further + 1], goes_on)
        ]
    return _joined(sorted(spans))


def _stands(phrase: Sequence[str], here: Sequence[Part], goes_on: bool) -> bool:
    *first, last = phrase
    end = here[-1].term
    if any(one != part.term for one, part in zip(first, here, strict=False)):
        return False
    return end.startswith(last) if goes_on else end == last


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def closeness(query: Query, text_terms: Sequence[str]) -> int:
    """Rank a text that holds what is asked: 3 all together as asked, 1 whole words, 0 beginnings."""
    joined = f" {' '.join(text_terms)} "
    together = f" {' '.join(query.terms)} " in joined
    whole = all(f" {' '.join(phrase)} " in joined for phrase in query.phrases)
    return 2 * together + whole
