"""A month of touches: a count and two bars a day, months ahead by the planner."""

from calendar import Calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inbox.desk.web.site import Visit
from inbox.desk.web.touches.days import Span
from inbox.desk.web.touches.previewing import counted, planned_to
from inbox.touches.rules import Rules
from storage import touch_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day: its counts, and the widths of its bars in per cent of the month's fullest day."""

    day: date
    inside: bool
    birthdays: int = 0
    follow_ups: int = 0
    birthdays_wide: float = 0.0
    follow_ups_wide: float = 0.0

    @property
    def count(self) -> int:
        """All touches of the day."""
        return self.birthdays + self.follow_ups


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in weeks from Monday; *whole* is False where days ahead may hold more than was counted."""

    first: date
    weeks: Sequence[Sequence[Cell]]
    before: date
    after: date
    whole: bool


def month_of(text: str, otherwise: date) -> date:
    """Read 2026-12 as the first day of that month."""
    try:
        return date.fromisoformat(f"{text}-01").replace(day=1)
    except ValueError:
        return otherwise.replace(day=1)


async def month(visit: Visit, rules: Rules, birthdays: frozenset[str], first: date, today: date) -> Month:
    """Count a month: what is gone and planned from rows, the rest as the planner would find it."""
    after = (first + timedelta(days=31)).replace(day=1)
    span = Span(first=first, last=after - timedelta(days=1))
    database = visit.app.database
    async with database.reading() as connection:
        rows = await touch_days.by_day(connection, span.first, span.last)
    born, followed = Counter[date](), Counter[date]()
    for day, kind, number in rows:
        (born if kind in birthdays else followed)[date.fromisoformat(day)] += number
    planned = await planned_to(database, visit.now)
    begin = max(span.first, today if planned is None else planned + timedelta(days=1))
    whole = True
    if begin <= span.last:
        ahead = await counted(database, rules, begin, span.last, visit.now)
        for known, found in ((born, ahead.birthdays), (followed, ahead.follow_ups)):
            for at, number in found.items():
                known[at] = max(known[at], number)
        whole = ahead.whole
    fullest = max((born[day] + followed[day] for day in {*born, *followed}), default=0) or 1
    weeks = [
        [_cell(day, first, born[day], followed[day], fullest) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = (first - timedelta(days=1)).replace(day=1)
    return Month(first=first, weeks=weeks, before=before, after=after, whole=whole)


def _cell(day: date, first: date, born: int, followed: int, fullest: int) -> Cell:
    if day.month != first.month:
        return Cell(day=day, inside=False)
    return Cell(
        day=day,
        inside=True,
        birthdays=born,
        follow_ups=followed,
        birthdays_wide=100 * born / fullest,
        follow_ups_wide=100 * followed / fullest,
    )
