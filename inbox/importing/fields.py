"""What columns mean: the fields of each kind of file, and the headings they go by in three languages."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from config.errors import meant
from inbox.importing.cells import plain

Headings = Mapping[str, Sequence[str]]
Kind = Literal["customers", "orders"]

DATES: Final = ("birthday", "consent_at", "placed_at", "delivered_at", "returned_at", "cancelled_at")
OURS: Final = ("line", "what", "reason")  # what a file of refused rows has more


@lru_cache(maxsize=2)
def headings(kind: Kind) -> Headings:
    """List the fields of a kind of file, each with the headings it goes by."""
    read = tomllib.loads(Path(__file__).with_name("headings.toml").read_text("utf-8"))
    known: Headings = read[kind]
    return known


class Unmapped(Exception):
    """What --map asks for cannot be: the words say why and what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column holds which field: *columns* are places in a row, *more* the columns left out."""

    columns: Mapping[str, int]
    more: Sequence[str]


def laid_out(heading: Sequence[str], known: Headings, asked: Sequence[str] = ()) -> Layout:
    """Guess which column holds which field; *asked* are the operator's own `field=column`.

    Raises Unmapped where *asked* names no field, or no column of *heading*. `field=` leaves a field out.
    """
    columns: dict[str, int] = {}
    left_out = set()
    for one in asked:
        field, _, column = one.partition("=")
        if field not in known:
            raise Unmapped(f"There is no field {field!r}. {meant(field, list(known))}")
        if column:
            columns[field] = place_of(heading, column)
        else:
            left_out.add(field)
    words = {plain(spelled): field for field, spellings in known.items() for spelled in spellings}
    words |= {plain(field): field for field in known}
    for place, title in enumerate(heading):
        guessed = words.get(plain(title))
        if guessed and guessed not in columns and guessed not in left_out and place not in columns.values():
            columns[guessed] = place
    taken = set(columns.values())
    return Layout(
        columns=columns,
        more=[title for place, title in enumerate(heading) if place not in taken and title not in OURS],
    )


def place_of(heading: Sequence[str], column: str) -> int:
    """Find a column by its heading; raises Unmapped, which lists those that are there."""
    for place, title in enumerate(heading):
        if title == column or plain(title) == plain(column) != "":
            return place
    raise Unmapped(f"There is no column {column!r}. {meant(column, [title for title in heading if title])}")
