"""The first look over a whole file: its rows, its order of day and month, the dates that too many share."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from inbox.importing.birthdays import Day, Shared, born
from inbox.importing.dates import Evidence, Order
from inbox.importing.fields import DATES

AT_ONCE: Final = 50_000  # spellings of birthdays counted before they are added up


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the first look found."""

    rows: int
    order: Order
    suspicious: frozenset[Day]


def survey(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int], asked: Order, today: date
) -> Survey:
    """Look over all rows; raises Undecided where *asked* is empty and the file shows no order, or both."""
    seen, counted, total = Evidence(), Counted(today), 0
    birthday = columns.get("birthday", -1)
    others = [columns[name] for name in DATES if name in columns and name != "birthday"]
    for line, cells in rows:
        total += 1
        if len(cells) > birthday >= 0 and (cell := cells[birthday]) and counted.is_new(cell):
            seen.see(cell, line)
        for place in others:
            if len(cells) > place and (cell := cells[place]):
                seen.see(cell, line)
    order = asked or seen.order()
    return Survey(rows=total, order=order, suspicious=counted.suspicious(order))


class Counted:
    """How often each birthday stands in a file, read both ways until the order is known."""

    def __init__(self, today: date) -> None:
        """Begin with none."""
        self._today = today
        self._spelled: Counter[str] = Counter()
        self._shared: dict[Order, Shared] = {"dmy": Shared(), "mdy": Shared()}

    def is_new(self, cell: str) -> bool:
        """Count a birthday that is not empty; says whether its spelling was not there of late."""
        before = self._spelled.get(cell, 0)
        self._spelled[cell] = before + 1
        if not before and len(self._spelled) > AT_ONCE:
            self._add_up()
        return not before

    def suspicious(self, order: Order) -> frozenset[Day]:
        """List the dates that too many share."""
        self._add_up()
        return self._shared[order or "dmy"].suspicious()

    def _add_up(self) -> None:
        for order, shared in self._shared.items():
            for cell, many in self._spelled.items():
                if text := cell.strip():
                    shared.see(born(text, order, self._today), many)
        self._spelled.clear()
