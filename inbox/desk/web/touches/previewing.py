"""Days to come: the planner's own pages, decided as things stand, with nothing written."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from inbox.touches.foreseeing import foresee
from inbox.touches.planning import found_for, planned_at
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days, span
from routing.birthdays import observed
from routing.touch import Birthday, Segment, Touch
from storage import touch_days
from storage.database import Database
from storage.touch_rows import TouchRow

PLANNED_LATELY: Final = timedelta(hours=2)
MOST_COUNTED: Final = 5_000
"""How many follow-ups a month's page looks at, for each kind."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """Touches of days to come, by day; *whole* is False where more may follow than were counted."""

    birthdays: Counter[date] = field(default_factory=Counter)
    follow_ups: Counter[date] = field(default_factory=Counter)
    whole: bool = True


async def planned_to(database: Database, now: datetime) -> date | None:
    """Say up to which day rows hold everything that is due; None where planning has not been here lately."""
    last = await planned_at(database)
    if last is None or not timedelta() <= now - last < PLANNED_LATELY:
        return None
    return span(last).last


async def preview(
    database: Database, rules: Rules, first: date, last: date, now: datetime
) -> AsyncIterator[list[TouchRow]]:
    """Show, in pages, what would become of everybody due on these days who has no row yet.

    A row's key counts from 1 within its customer, for want of a real one. Nothing is written.
    """
    async for page in foresee(database.reading, rules, first, last, now, new=True):
        yield [one.row for one in page]


async def counted(database: Database, rules: Rules, first: date, last: date, now: datetime) -> Counts:
    """Count what falls on days to come: birthdays for everybody in one statement, the rest by planner."""
    counts = Counts()
    births: list[tuple[int, int, str, int]] | None = None
    for touch in rules.touches.values():
        if touch.start == "birthday" and touch.who == Segment():
            if births is None:
                async with database.reading() as connection:
                    births = await touch_days.births(connection)
            counts.birthdays.update(_birthdays(births, touch, rules, first, last))
            continue
        into = counts.birthdays if touch.start == "birthday" else counts.follow_ups
        looked = 0
        async for page in found_for(database.reading, rules, touch, of_days(first, last, now), now):
            into.update(one.occasion.day for one in page if first <= one.occasion.day <= last)
            looked += len(page)
            if looked >= MOST_COUNTED:
                counts.whole = False
                break
            await asyncio.sleep(0)
    return counts


def _birthdays(
    births: list[tuple[int, int, str, int]], touch: Touch, rules: Rules, first: date, last: date
) -> Mapping[date, int]:
    """Lay birthdays on the days on which they are observed."""
    shift, found = timedelta(days=touch.days or 0), Counter[date]()
    for month, day, feb29, number in births:
        for year in range(first.year - 1, last.year + 2):
            try:
                at = observed(Birthday(month=month, day=day), year, feb29 or rules.limits.feb29) + shift
            except ValueError:
                continue  # a day that no year has; its touch would be suppressed
            if first <= at <= last:
                found[at] += number
    return found
