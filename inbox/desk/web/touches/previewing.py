"""Days to come: the planner's own pages, decided as things stand, with nothing written."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from inbox.touches.facts import circumstances
from inbox.touches.planning import Found, found_for, planned_at
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days, span
from routing.birthdays import observed
from routing.reach import decide
from routing.touch import Birthday, Circumstances, Segment, Touch
from storage import touch_circumstances, touch_days
from storage.database import Database
from storage.touch_rows import TouchRow
from storage.touch_states import PLANNED

Taken = dict[int, list[tuple[str, datetime]]]

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
    numbers: Counter[int] = Counter()
    taken: Taken = {}
    # Birthdays go first, as caps let them.
    for touch in sorted(rules.touches.values(), key=lambda touch: touch.start != "birthday"):
        async for page in found_for(database.reading, rules, touch, of_days(first, last, now), now):
            found = [one for one in page if first <= one.occasion.day <= last]
            found.sort(key=lambda one: one.occasion.due_at)
            if not found:
                continue
            ids = {one.person.id for one in found}
            async with database.reading() as connection:
                known = await touch_days.keys(connection, touch.key, ids)
                befell = await touch_circumstances.befell(connection, ids, now, rules.birthdays, [touch.key])
                refs = {one.anchor.ref for one in found if one.anchor is not None}
                followed = await touch_circumstances.followed(connection, refs)
            rows = []
            for one in found:
                if (one.person.id, touch.key, one.occasion.period) in known:
                    continue
                follows = followed.get(one.anchor.ref) if one.anchor else None
                facts = circumstances(befell[one.person.id], None, touch.key, follows)
                facts = _with(facts, taken.get(one.person.id, ()), touch.key)
                numbers[one.person.id] += 1
                row = _row(rules, one, facts, numbers[one.person.id], now)
                if row.state == PLANNED and touch.marketing:
                    taken.setdefault(one.person.id, []).append((touch.key, row.due_at))
                rows.append(row)
            yield rows
            await asyncio.sleep(0)


def _with(facts: Circumstances, taken: Sequence[tuple[str, datetime]], kind: str) -> Circumstances:
    """Count what earlier touches of this preview take of somebody's caps."""
    if not taken:
        return facts
    handed = (*facts.handed, *(at for _, at in taken))
    return replace(facts, handed=handed, same=(*facts.same, *(at for name, at in taken if name == kind)))


def _row(rules: Rules, one: Found, facts: Circumstances, number: int, now: datetime) -> TouchRow:
    touch, falls = one.touch, one.occasion
    verdict = decide(
        touch,
        one.person,
        falls,
        facts,
        rules.ways,
        rules.limits,
        max(now, falls.due_at),
        approval="asked" if touch.approve else "",
        anchor=one.anchor,
    )
    chosen = (verdict.choice or one.choice).address or one.choice.address
    return TouchRow(
        id=number,
        customer_id=one.person.id,
        kind=touch.key,
        period=falls.period,
        state="planned" if verdict.state == "claimed" else verdict.state,
        reason=verdict.reason,
        due_at=falls.due_at,
        valid_until=falls.valid_until,
        day=falls.day.isoformat(),
        clock=falls.clock.isoformat("minutes"),
        zone=falls.where.zones[0],
        zone_source=falls.where.source,
        anchor_at=None if one.anchor is None else one.anchor.at,
        anchor_ref="" if one.anchor is None else one.anchor.ref,
        address_id=None if chosen is None else chosen.id,
        channel="" if chosen is None else chosen.channel,
        why=(verdict.choice or one.choice).why or one.choice.why,
        language="",
        text="",
        tried=None,
        approval="asked" if touch.approve else "",
        agent_id=None,
        message_id=None,
        handed_at=None,
        ended_at=None,
        counts=1 if touch.marketing else 0,
        revision=0,
    )


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
