"""The house's marks read and written: what is bold, italic, struck, code or a block in a text.

The grammar is what WhatsApp and Slack share: a sign opens after anything but a letter or digit and before
anything but space, and closes the other way round, on one line; so 2*3*4, snake_case_names and links stay
as they are. No maintained library reads it: those for Slack write it only (md2mrkdwn, markdown-to-mrkdwn),
and those for WhatsApp are regular expressions that take 2*3*4 for bold.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

Kind = Literal["bold", "italic", "struck", "code", "block"]

SIGNS: Final[dict[str, Kind]] = {"*": "bold", "_": "italic", "~": "struck", "`": "code"}
FENCE: Final = "```"
LINK: Final = re.compile(r"(?:https?|ftp|tg|whatsapp|line|slack)://\S+|\bwww\.\S+", re.IGNORECASE)
TAIL: Final = "*_~`.,;:!?)]}>'\"”’»…|"
"""What ends a sentence rather than the link it follows."""

_SIGN: Final = re.compile(r"[*_~`\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A formatted run of a plain text: *start* and *end* are code points, the end excluded."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of marks: the content lies from *start* to *end*, the marks reach from *opened* to *closed*."""

    kind: Kind
    opened: int
    start: int
    end: int
    closed: int


def spans(text: str) -> tuple[str, list[Span]]:
    """Take the marks out of *text*: the plain text, and its spans, well nested, outer ones first."""
    if _SIGN.search(text) is None:
        return text, []
    found = list(_pairs(text))
    if not found:
        return text, []
    cuts = sorted(cut for one in found for cut in _cuts(text, one))
    pieces, at = [], 0
    for begin, end, filler in cuts:
        pieces += [text[at:begin], filler]
        at = end
    plain = "".join([*pieces, text[at:]])
    begins = [begin for begin, _, _ in cuts]
    shifts = [0, *accumulate(len(filler) - (end - begin) for begin, end, filler in cuts)]

    def moved(place: int) -> int:
        return place + shifts[bisect_right(begins, place - 1)]

    made = [Span(kind=one.kind, start=moved(one.start), end=moved(one.end)) for one in reversed(found)]
    return plain, sorted(made, key=lambda span: (span.start, -span.end))


def links(text: str, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Find where links stand in *text*, without the signs and stops that follow them."""
    for match in LINK.finditer(text, begin, len(text) if end is None else end):
        yield match.start(), match.start() + len(match[0].rstrip(TAIL))


def blocks(text: str) -> Iterator[Pair]:
    """Find the blocks of *text*; the newlines within their fences are not theirs."""
    at = 0
    while (opened := text.find(FENCE, at)) >= 0 and (closed := text.find(FENCE, opened + 3)) >= 0:
        start, end = opened + 3, closed
        at = closed + 3
        if not text[start:end].strip():
            at = closed
            continue
        start += text.startswith("\n", start)
        end -= text.endswith("\n", start, end)
        yield Pair(kind="block", opened=opened, start=start, end=end, closed=closed + 3)


def is_word(letter: str) -> bool:
    """Whether a mark that touches *letter* from outside is none: a letter, a digit or an accent."""
    return letter.isalnum() or (letter != "" and unicodedata.combining(letter) != 0)


def _cuts(text: str, one: Pair) -> list[tuple[int, int, str]]:
    """Say what is taken out for a pair; a block stands on lines of its own."""
    block = one.kind == "block"
    before, after = text[one.opened - 1 : one.opened] if one.opened else "", text[one.closed : one.closed + 1]
    return [
        (one.opened, one.start, "\n" if block and before not in ("", "\n") else ""),
        (one.end, one.closed, "\n" if block and after not in ("", "\n") else ""),
    ]


def _pairs(text: str) -> Iterator[Pair]:
    at = 0
    for block in blocks(text):
        yield from _between(text, at, block.opened)
        yield block
        at = block.closed
    yield from _between(text, at, len(text))


def _between(text: str, begin: int, end: int) -> Iterator[Pair]:
    """Find the pairs of each line outside blocks; what stands in a link is no mark."""
    avoided = iter([*links(text, begin, end), (end, end)])
    start, stop = next(avoided)
    line: list[int] = []
    for match in _SIGN.finditer(text, begin, end):
        at = match.start()
        while at >= stop < end:
            start, stop = next(avoided)
        if match[0] == "\n":
            yield from _line(text, line)
            line = []
        elif at < start:
            line.append(at)
    yield from _line(text, line)


def _line(text: str, signs: Sequence[int]) -> Iterator[Pair]:
    """Pair the signs of one line: a pair that closes leaves what opened inside it alone; code is not read."""
    opened: dict[str, int] = {}
    open_ones: list[tuple[str, int]] = []
    codes = [at for at in signs if text[at] == "`" and _closes(text, at)]
    code, past = 0, -1
    for at in signs:
        sign = text[at]
        if at <= past:
            continue
        if sign == "`":
            while code < len(codes) and codes[code] <= at:
                code += 1
            if code < len(codes) and _opens(text, at):
                past = codes[code]
                yield Pair(kind="code", opened=at, start=at + 1, end=past, closed=past + 1)
        elif sign in opened and _closes(text, at):
            begin = opened[sign]
            while open_ones and open_ones[-1][1] >= begin:
                gone, place = open_ones.pop()
                if opened.get(gone) == place:
                    del opened[gone]
            yield Pair(kind=SIGNS[sign], opened=begin, start=begin + 1, end=at, closed=at + 1)
        elif _opens(text, at):
            opened[sign] = at
            open_ones.append((sign, at))


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1] if at else "", text[at + 1 : at + 2]
    return not is_word(before) and text[at] not in (before, after) and after.strip() != ""


def _closes(text: str, at: int) -> bool:
    before, after = text[at - 1] if at else "", text[at + 1 : at + 2]
    return before.strip() != "" and text[at] not in (before, after) and not is_word(after)
