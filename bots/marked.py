"""Spans written as the house's marks, and woven into whatever else a channel reads."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import Final

from bots.spans import FENCE, SIGNS, Kind, Span, is_word, links, spans

SIGN_OF: Final = {kind: sign for sign, kind in SIGNS.items()}
_RANK: Final[dict[Kind, int]] = {"block": 0, "bold": 1, "italic": 2, "struck": 3, "code": 4}

Tags = Callable[[Span], tuple[str, str]]
Words = Callable[[int, int, bool], str]


def marked(text: str, wanted: Iterable[Span]) -> str:
    """Put the marks of the spans *wanted* into the plain *text*, so that `spans` reads the text again.

    What marks cannot say is left out, never the words: a span within a word loses its mark, one over
    several lines is marked on each. Where a sign in the text would pair with a mark, its kind is left out.
    """
    tidy = _tidy(text, wanted)
    if not tidy:
        return text
    readings = _readings(text, [one for one in tidy if one.kind in ("code", "block")])
    for chosen in (tidy, [one for one in tidy if SIGN_OF.get(one.kind, FENCE) not in text]):
        made = _written(text, chosen)
        if spans(made)[0] in readings:
            return made
    return text


def _written(text: str, chosen: Sequence[Span]) -> str:
    return woven(text, chosen, _marks_around(text), lambda start, end, _: text[start:end])


def _readings(text: str, code: Sequence[Span]) -> set[str]:
    """Say how *text* may be read: as it is, or without signs that are marks already, but in code."""
    kept = spans(_written(text, code))[0]
    return {text, spans(text)[0], *([kept] if _signs(kept) <= _signs(text) else [])}


def _signs(text: str) -> int:
    return sum(map(text.count, SIGNS))


def woven(text: str, nested: Sequence[Span], tags: Tags, words: Words) -> str:
    """Write *text* with `tags` around its spans (well nested, outer ones first).

    `words` writes the text from a start to an end; its third argument says whether it stands in code.
    """
    pieces: list[str] = []
    inside: list[Span] = []
    at = 0

    def write(until: int) -> None:
        nonlocal at
        if until > at:
            pieces.append(words(at, until, bool(inside) and inside[-1].kind in ("code", "block")))
        at = until

    def close(until: int) -> None:
        while inside and inside[-1].end <= until:
            write(inside[-1].end)
            pieces.append(tags(inside.pop())[1])

    for span in nested:
        close(span.start)
        write(span.start)
        pieces.append(tags(span)[0])
        inside.append(span)
    close(len(text))
    write(len(text))
    return "".join(pieces)


def _marks_around(text: str) -> Tags:
    def tags(span: Span) -> tuple[str, str]:
        if span.kind != "block":
            return SIGN_OF[span.kind], SIGN_OF[span.kind]
        return (f"{FENCE}\n", f"\n{FENCE}") if "\n" in text[span.start : span.end] else (FENCE, FENCE)

    return tags


def _tidy(text: str, wanted: Iterable[Span]) -> list[Span]:
    """Leave what marks can say: nested in one another, cut where they cross, and nothing inside code."""
    known = list(links(text)) if wanted else []
    pieces = [
        (piece.start, -piece.end, _RANK[piece.kind], piece)
        for span in _joined(wanted)
        for piece in _pieces(text, span, known)
    ]
    heapify(pieces)
    kept: list[Span] = []
    outer: list[Span] = []
    while pieces:
        span = heappop(pieces)[3]
        while outer and outer[-1].end <= span.start:
            outer.pop()
        if not outer or (span.end <= outer[-1].end and outer[-1].kind not in ("code", "block")):
            kept.append(span)
            outer.append(span)
        elif span.end > outer[-1].end and span.kind != "block":
            cut = outer[-1].end
            for part in (replace(span, end=cut), replace(span, start=cut)):
                for piece in _pieces(text, part, known):
                    heappush(pieces, (piece.start, -piece.end, _RANK[piece.kind], piece))
    return kept


def _joined(wanted: Iterable[Span]) -> Iterator[Span]:
    """Join spans of one kind that overlap or touch."""
    last: Span | None = None
    for span in sorted(wanted, key=lambda one: (_RANK[one.kind], one.start)):
        if last is not None and last.kind == span.kind and span.start <= last.end:
            last = replace(last, end=max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _pieces(text: str, span: Span, known: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Cut a span to lines, without the space at their ends; a block that shares a line becomes code."""
    if span.kind == "block":
        block = _trimmed(text, span, "\n")
        around = text[block.start - 1 : block.start] if block.start else "", text[block.end : block.end + 1]
        content = text[block.start : block.end]
        if set(around) <= {"", "\n"}:
            if content.strip() and FENCE not in content:
                yield block
            return
        span = replace(span, kind="code")
    start = span.start
    while start < span.end:
        newline = text.find("\n", start, span.end)
        end = span.end if newline < 0 else newline
        piece = _trimmed(text, replace(span, start=start, end=end), None)
        if piece.start < piece.end and _stands_alone(text, piece) and not _cuts_a_link(piece, known):
            yield piece
        start = end + 1


def _trimmed(text: str, span: Span, what: str | None) -> Span:
    content = text[span.start : span.end]
    start = span.start + len(content) - len(content.lstrip(what))
    return replace(span, start=start, end=max(start, span.start + len(content.rstrip(what))))


def _stands_alone(text: str, span: Span) -> bool:
    """Whether no letter or digit touches a span from outside."""
    before = text[span.start - 1] if span.start else ""
    return not is_word(before) and not is_word(text[span.end : span.end + 1])


def _cuts_a_link(span: Span, known: Sequence[tuple[int, int]]) -> bool:
    """Whether a span begins or ends within a link, where no sign is a mark."""
    for place in (span.start, span.end):
        at = bisect_right(known, (place - 1, len(known) and known[-1][1])) - 1
        if at >= 0 and known[at][0] < place < known[at][1]:
            return True
    return False
