"""Cells of a table: how a heading is compared, and how what we write cannot run in a spreadsheet."""

import re
import unicodedata
from functools import lru_cache

RUNS = re.compile(r"'*[=+\-@\t\r]")  # with any of these in front a spreadsheet takes a cell for a formula


def guarded(cell: str) -> str:
    """Put a quote before what a spreadsheet would run; `bare` takes it off again, whatever the cell."""
    return f"'{cell}" if RUNS.match(cell) else cell


def bare(cell: str) -> str:
    """Take off the quote that `guarded` put before a cell."""
    return cell[1:] if cell[:1] == "'" and RUNS.match(cell) else cell


@lru_cache(maxsize=4096)
def plain(words: str) -> str:
    """Write words for comparing: no accents, no capitals, one space between them."""
    split = unicodedata.normalize("NFKD", words)
    letters = "".join(one for one in split if not unicodedata.combining(one)).casefold()
    return " ".join(re.findall(r"[^\W_]+", letters))
