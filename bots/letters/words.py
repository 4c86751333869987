"""A letter's text as lines of runs, each with the style of its font."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from bots.spans import Kind, Span, spans

STYLES: Final[dict[Kind, str]] = {"bold": "B", "italic": "I", "struck": "S"}


def paragraphs(text: str) -> Iterator[list[tuple[str, str]]]:
    """Cut a text into lines, each of runs with their font's style."""
    plain, found = spans(text.strip())
    start = 0
    for line in plain.split("\n"):
        end = start + len(line)
        cuts = {start, end} | {cut for one in found for cut in (one.start, one.end) if start < cut < end}
        edges = sorted(cuts)
        yield [(plain[a:b], _style(found, a)) for a, b in pairwise(edges)]
        start = end + 1


def _style(found: Sequence[Span], at: int) -> str:
    inside = {one.kind for one in found if one.start <= at < one.end}
    return "".join(style for kind, style in STYLES.items() if kind in inside)
