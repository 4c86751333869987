"""A letter's text as lines of runs, each with the style of its font."""

from collections.abc import Iterator
from typing import Final

from bots.marks import Kind, runs

STYLES: Final[dict[Kind, str]] = {"bold": "B", "italic": "I", "struck": "S"}


def paragraphs(text: str) -> Iterator[list[tuple[str, str]]]:
    """Cut a text into lines, each of runs with their font's style."""
    line: list[tuple[str, str]] = []
    for words, kinds in runs(text.strip()):
        style = "".join(style for kind, style in STYLES.items() if kind in kinds)
        first, *others = words.split("\n")
        line += [(first, style)] if first else []
        for other in others:
            yield line
            line = [(other, style)] if other else []
    yield line
