"""Rows of customers as they go to who keeps them, even from another process: plain, with all said of them.

What can be done with a row alone is done when it is made so, by whoever has the time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from inbox.importing.customers import Row
from inbox.importing.sifting import Item, Refusal, Sifted
from storage.importing import Ready, ready
from storage.importing_consents import Words, words
from storage.instants import to_micros

BETWEEN: Final = "\x1f"  # between the cells of a row, which go as one text where none has it

Consented = tuple[Words, int | None]
"""What a row consents to, and since when in microseconds if it says so."""
Carried = tuple[int, str | Sequence[str], Ready, Sequence[Consented], Sequence[str]]
"""A row: its line, its cells, the customer, what they consent to, and what was left out."""


@dataclass(slots=True, kw_only=True)
class Load:
    """Some rows of a file: how many, what is to be kept, what is refused, and the bytes read so far."""

    rows: int
    items: Sequence[Carried]
    refused: Sequence[Refusal]
    reached: int


def loads(chunks: Iterable[Sifted[Row]]) -> Iterator[Load]:
    """Make what was read ready to be kept, chunk by chunk."""
    for chunk in chunks:
        items = [carried(one) for one in chunk.items]
        yield Load(rows=chunk.rows, items=items, refused=chunk.refused, reached=chunk.reached)


def carried(item: Item[Row]) -> Carried:
    """Make one row ready."""
    line, cells, row = item
    joined = BETWEEN.join(cells)
    told = [
        (
            words(said.subject, said.yes, said.wording, said.proof),
            None if said.at is None else to_micros(said.at),
        )
        for said in row.consents
    ]
    return (
        line,
        joined if joined.count(BETWEEN) == len(cells) - 1 else cells,
        ready(row.arriving),
        told,
        row.notices,
    )


def cells_of(joined: str | Sequence[str]) -> Sequence[str]:
    """Give the cells of a row that was carried."""
    return joined.split(BETWEEN) if isinstance(joined, str) else joined
