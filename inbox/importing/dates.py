"""Dates as people write them. Whether the day or the month comes first is read from the whole file."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

Order = Literal["dmy", "mdy", ""]
CLOCK: Final = (
    r"(?:[T ]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{4}(?:\d{2})?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|z|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST: Final = re.compile(rf"(?P<y>\d{{4}})(?P<s>[-/.]?)(?P<m>\d{{2}})(?P=s)(?P<d>\d{{2}}){CLOCK}")
YEAR_LAST: Final = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<s>[-/.])(?P<b>\d{{1,2}})(?P=s)(?P<y>\d{{4}}|\d{{2}}),?{CLOCK}"
)
NO_YEAR: Final = re.compile(r"--(?P<m>\d{2})-?(?P<d>\d{2})")
NO_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})")
MIDDAY: Final = time(12)  # of a day without a clock: it stays that day in nearly every zone
MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date as written: *year* is None where it was left out, *clock* where there was no time of day.

    *short* is a year of two digits, whose century is not told.
    """

    year: int | None
    month: int
    day: int
    short: int | None = None
    clock: time | None = None
    zone: str = ""

    def is_real(self) -> bool:
        """Say whether the calendar has this day."""
        try:
            date(self.year if self.year is not None else 2000, self.month, self.day)
        except ValueError:
            return False
        return True


@lru_cache(maxsize=4096)
def evidence(cell: str) -> Literal["dmy", "mdy", "either", "none"]:
    """Say what a cell shows of the order of day and month: a number over 12 is a day."""
    text = cell.strip()
    found = YEAR_LAST.fullmatch(text) or NO_YEAR_LAST.fullmatch(text)
    if found is None:
        return "none"
    first, second = int(found["a"]), int(found["b"])
    if first > MONTHS >= second:
        return "dmy"
    if second > MONTHS >= first:
        return "mdy"
    return "none" if first == second or first > MONTHS else "either"


@lru_cache(maxsize=4096)
def written(cell: str, order: Order) -> Written | None:
    """Read a date; None where it is none. A day that no calendar has is read as well."""
    text = cell.strip()
    if found := YEAR_FIRST.fullmatch(text) or NO_YEAR.fullmatch(text):
        year = int(found["y"]) if "y" in found.groupdict() else None
        return _with_clock(found, year, int(found["m"]), int(found["d"]))
    found = YEAR_LAST.fullmatch(text) or NO_YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["a"]), int(found["b"])
    if not order and first != second:
        return None
    day, month = (second, first) if order == "mdy" else (first, second)
    told = found.groupdict().get("y")
    if told is not None and len(told) == 2:
        return _with_clock(found, None, month, day, int(told))
    return _with_clock(found, int(told) if told else None, month, day)


def _with_clock(
    found: re.Match[str], year: int | None, month: int, day: int, short: int | None = None
) -> Written | None:
    told = found.groupdict()
    clock = told.get("clock")
    if not clock:
        return Written(year=year, month=month, day=day, short=short)
    tidy = clock.replace(",", ".") if ":" in clock else ":".join(re.findall("..", clock))
    hour, minute, *rest = tidy.split(":")
    hours = int(hour)
    if told["half"]:
        if not 1 <= hours <= MONTHS:
            return None
        hours = hours % 12 + (12 if told["half"][0] in "Pp" else 0)
    try:
        at = time(hours, int(minute), int(float(rest[0])) if rest else 0)
    except ValueError:
        return None
    return Written(year=year, month=month, day=day, short=short, clock=at, zone=(told["zone"] or "").upper())


@lru_cache(maxsize=65536)
def instant(cell: str, order: Order, zone: str) -> datetime | None:
    """Read an instant; without an offset it is on the clocks of *zone*, without a time of day at noon there.

    None where it is none. A clock that does not exist that day is read as RFC 5545 says.
    """
    found = written(cell, order)
    if found is None or not found.is_real():
        return None
    year = found.year if found.short is None else 2000 + found.short
    if year is None:
        return None
    try:
        at = datetime.combine(date(year, found.month, found.day), found.clock or MIDDAY)
        if found.zone:
            return datetime.fromisoformat(f"{at.isoformat()}{found.zone}").astimezone(UTC)
        return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(slots=True)
class Evidence:
    """What the dates of a file show, cell by cell: the first line that shows each order."""

    dmy: int = 0
    mdy: int = 0
    either: int = 0

    def see(self, cell: str, line: int) -> None:
        """Look at a cell of a line."""
        match evidence(cell):
            case "dmy":
                self.dmy = self.dmy or line
            case "mdy":
                self.mdy = self.mdy or line
            case "either":
                self.either = self.either or line
            case "none":
                pass

    def order(self) -> Order:
        """Say which order the file shows; raises Undecided where it shows both or neither."""
        if self.dmy and self.mdy:
            raise Undecided(
                f"Line {self.dmy} has the day first and line {self.mdy} the month. "
                "Say which is meant with --dates dmy or --dates mdy. A birthday that cannot be so is then "
                "set aside and its customer kept, an order with such a date is refused."
            )
        if self.either and not self.dmy and not self.mdy:
            raise Undecided(
                f"No date shows whether the day or the month comes first (line {self.either} may be both). "
                "Say it with --dates dmy (31/12/1990) or --dates mdy (12/31/1990)."
            )
        return "dmy" if self.dmy else "mdy" if self.mdy else ""


class Undecided(Exception):
    """The file does not show whether the day or the month comes first."""
