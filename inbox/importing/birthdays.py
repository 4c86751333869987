"""Birthdays from files: which are believed, and which are set aside with the reason."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from inbox.importing.dates import Order, written

Day = tuple[int | None, int | None, int | None]  # year, month, day

PLACEHOLDER: Final = "placeholder_birthdate"
INCOMPLETE: Final = "incomplete_birthdate"
DEFAULTS: Final = frozenset({(1900, 1, 1), (1970, 1, 1), (1899, 12, 30), (1899, 12, 31), (1901, 1, 1)})
OLDEST: Final = 1900
SHARE: Final = 20  # one date is suspicious when more than 1 in 20 have it
TELLING: Final = 40  # among so many birthdays at least
AT_LEAST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Born:
    """A birthday as a file says it. With a *fault* (a reason of `routing.reasons`) *words* say more."""

    month: int | None = None
    day: int | None = None
    year: int | None = None
    fault: str = ""
    words: str = ""


@lru_cache(maxsize=32768)
def born(cell: str, order: Order, today: date) -> Born:
    """Read a birthday that is not empty."""
    found = written(cell, order)
    if found is None or not 1 <= found.month <= 12 or not 1 <= found.day <= 31:
        return Born(fault=INCOMPLETE, words=f"The birthday {cell!r} is no date.")
    month, day, year = found.month, found.day, found.year
    if not found.is_real():
        return _impossible(cell, month, day)
    if found.clock is not None:
        words = f"The birthday {cell!r} has a time of day, as a day moved by a time zone has."
        return Born(month=month, day=day, year=year, fault=PLACEHOLDER, words=words)
    if year is not None:
        if (year, month, day) in DEFAULTS or year < OLDEST:
            words = f"The birthday {cell!r} looks like a default."
            return Born(month=month, day=day, year=year, fault=PLACEHOLDER, words=words)
        if date(year, month, day) > today:
            words = f"The birthday {cell!r} is still to come."
            return Born(month=month, day=day, year=year, fault=PLACEHOLDER, words=words)
    return Born(month=month, day=day, year=year)


def _impossible(cell: str, month: int, day: int) -> Born:
    words = f"There was no {cell}."
    if (month, day) == (2, 29):
        return Born(month=month, day=day, fault=INCOMPLETE, words=words)
    return Born(fault=INCOMPLETE, words=words)


@dataclass(slots=True)
class Shared:
    """How many have each (year, month, day); a date that too many share is a default."""

    counts: Counter[Day] = field(default_factory=Counter)
    among: int = 0

    def see(self, one: Born, times: int = 1) -> None:
        """Count a birthday without a fault."""
        if not one.fault:
            self.counts[one.year, one.month, one.day] += times
            self.among += times

    def suspicious(self) -> frozenset[Day]:
        """List the dates that more than one in twenty have."""
        if self.among < TELLING:
            return frozenset()
        return frozenset(
            one for one, many in self.counts.items() if many >= AT_LEAST and many * SHARE > self.among
        )


def doubted(one: Born, suspicious: frozenset[Day]) -> Born:
    """Set a birthday aside whose date too many share."""
    if one.fault or (one.year, one.month, one.day) not in suspicious:
        return one
    words = "More than one in twenty of the file have this birthday: it looks like a default."
    return Born(month=one.month, day=one.day, year=one.year, fault=PLACEHOLDER, words=words)
