"""Rows of a file some thousands at a time, read, and without those that another row of it says already."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from inbox.importing.customers import Refused, Row
from inbox.importing.orders import OrderRow
from inbox.importing.seen import Seen

AT_ONCE: Final = 5_000

Read = TypeVar("Read")
Rows = Iterable[tuple[int, Sequence[str]]]
Item = tuple[int, Sequence[str], Read]  # the line it begins in, its cells, what they say
Refusal = tuple[int, str, Sequence[str]]  # the line, why, its cells


@dataclass(slots=True, kw_only=True)
class Sifted(Generic[Read]):
    """Some rows of a file: how many, what is to be kept, what is refused, and the bytes read so far."""

    rows: int = 0
    items: list[Item[Read]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    reached: int = 0


Fresh = Callable[[Seen, Sifted[Read]], None]


def sifted(
    rows: Rows, read: Callable[[Sequence[str]], Read], width: int, seen: Seen, fresh: Fresh[Read]
) -> Iterator[Sifted[Read]]:
    """Read rows that are *width* cells wide; *fresh* leaves out what is *seen* already."""
    chunk: Sifted[Read] = Sifted()
    for line, cells in rows:
        chunk.rows += 1
        try:
            fitting = cells if len(cells) == width else _fitting(cells, width)
            chunk.items.append((line, cells, read(fitting)))
        except Refused as error:
            chunk.refused.append((line, str(error), cells))
        if chunk.rows >= AT_ONCE:
            fresh(seen, chunk)
            yield chunk
            chunk = Sifted()
    fresh(seen, chunk)
    yield chunk


def _fitting(cells: Sequence[str], width: int) -> Sequence[str]:
    """Let a row be as wide as the heading, but for empty cells at its end; raises Refused."""
    if any(cells[width:]) or len(cells) < width:
        raise Refused(f"The row has {len(cells)} cells and the heading {width}.")
    return cells[:width]


def unseen(seen: Seen, chunk: Sifted[Row]) -> None:
    """Leave out who stands twice in the file, and an address that another row of it has."""
    if seen.all_new((line, row.keys) for line, _, row in chunk.items):
        return
    before = seen.before(key for _, _, row in chunk.items for key in row.keys)
    fresh: list[Item[Row]] = []
    here: dict[str, int] = {}
    for line, cells, row in chunk.items:
        if before.keys().isdisjoint(row.keys) and here.keys().isdisjoint(row.keys):
            here.update(dict.fromkeys(row.keys, line))
            fresh.append((line, cells, row))
            continue
        told = {key: before.get(key) or here.get(key, 0) for key in row.keys}
        twice = [(key, first) for key, first in told.items() if first]
        if twice and (not row.arriving.ref or twice[0][0].startswith("ref ")):
            key, first = twice[0]
            chunk.refused.append((line, f"The same {spoken(key)} as in line {first}.", cells))
            continue
        for key, first in twice:
            row.notices.append(f"The address {spoken(key)} is of line {first} already and was left out.")
            row.arriving.addresses = [one for one in row.arriving.addresses if one[0] != key]
        here.update((key, line) for key, first in told.items() if not first)
        fresh.append((line, cells, row))
    seen.remember(here)
    chunk.items = fresh


def unnumbered(seen: Seen, chunk: Sifted[OrderRow]) -> None:
    """Leave out orders that stand twice in the file."""
    before = seen.before(row.ordered.number for _, _, row in chunk.items)
    fresh: list[Item[OrderRow]] = []
    here: dict[str, int] = {}
    for line, cells, row in chunk.items:
        number = row.ordered.number
        if first := before.get(number) or here.get(number, 0):
            chunk.refused.append((line, f"The same order {number} as in line {first}.", cells))
            continue
        here[number] = line
        fresh.append((line, cells, row))
    seen.remember(here)
    chunk.items = fresh


def spoken(key: str) -> str:
    """Say a key as people do: a reference, a number, an e-mail address."""
    return key.removeprefix("tel:").removeprefix("mailto:")
