"""Planning: who is to be written to on some days, in pages, so that hooks keep pace and memory stays flat.

The same pages are what a preview shows: planning only adds that they are written.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from inbox.touches import candidates
from inbox.touches.candidates import Reading
from inbox.touches.facts import WRITTEN_WITHIN, person
from inbox.touches.rules import Rules
from inbox.touches.spans import Span
from routing import gates
from routing.birthdays import turning
from routing.occasions import occasion
from routing.reach import choose, in_segment, lasts
from routing.touch import Anchor, Choice, Occasion, Person, State, Touch
from storage import facts as known
from storage import touch_facts, touch_plans
from storage.database import Database
from storage.keeping_consents import PHONES
from storage.touch_rows import Candidate, Plan

A_BREATH: Final = 25
"""People after whom others may go on: a page at once would keep hooks waiting for a tenth of a second."""
PLANNED_AT: Final = "touches.planned_at"
"""The fact that says when planning last went to its end."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One eligible person of one kind of touch: when it would be due, over what, or why not.

    *never* is why they get no touch at all, whatever the occasion.
    """

    touch: Touch
    person: Person
    occasion: Occasion
    choice: Choice
    anchor: Anchor | None = None
    never: str = ""

    @property
    def state(self) -> State:
        """What the occasion itself says, else whether there is a channel."""
        if self.occasion.reason or self.occasion.state != "planned":
            return self.occasion.state if self.occasion.state != "planned" else "suppressed"
        return "planned" if self.choice.address is not None and not self.never else "suppressed"

    @property
    def reason(self) -> str:
        """Why nothing will be sent, if so."""
        said = self.occasion.reason or self.never
        return said or ("" if self.choice.address is not None else self.choice.reason)


async def plan(database: Database, rules: Rules, now: datetime, span: Span) -> int:
    """Plan every touch that is on for the days of *span*; returns how many rows are new or changed."""
    changed = 0
    for touch in rules.touches.values():
        async for page in found_for(database.reading, rules, touch, span, now):
            rows = [_plan(one) for one in page]
            async with database.writing() as connection:
                changed += await touch_plans.plan(connection, database.ids, rows, now)
            await asyncio.sleep(0)
    return changed


async def planned_at(database: Database) -> datetime | None:
    """Say when planning last went to its end."""
    async with database.reading() as connection:
        told = await known.told(connection, PLANNED_AT)
    return None if told is None else datetime.fromisoformat(told)


async def remember(database: Database, now: datetime) -> None:
    """Remember that planning went to its end."""
    async with database.writing() as connection:
        await known.tell(connection, PLANNED_AT, now.isoformat())


async def found_for(
    reading: Reading, rules: Rules, touch: Touch, span: Span, now: datetime
) -> AsyncIterator[list[Found]]:
    """Find, in pages, everybody for whom *touch* falls on the days of *span*; writes nothing."""
    async for page in candidates.pages(reading, touch, rules.limits, span):
        async with reading() as connection:
            ids = {one.customer_id for one in page}
            facts = await touch_facts.facts(connection, ids, now - WRITTEN_WITHIN, PHONES)
        people = {key: person(facts, key, touch.subject) for key in ids}
        found: dict[tuple[int, str], Found] = {}
        for number, one in enumerate(page):
            who = people[one.customer_id]
            if who is None or who.merged_into is not None or who.erased:
                continue
            for each in falls_for(rules, touch, who, one, span, now):
                found[who.id, each.occasion.period] = each
            if number % A_BREATH == A_BREATH - 1:
                await asyncio.sleep(0)
        if found:
            yield list(found.values())


def falls_for(
    rules: Rules, touch: Touch, who: Person, one: Candidate, span: Span, now: datetime
) -> list[Found]:
    """Find the occasions of one candidate; a mistake of ours with one stops no other."""
    try:
        return _falls(rules, touch, who, one, span, now)
    except Exception:  # the loop's own
        log.exception("a touch cannot be planned", kind=touch.key, customer=who.id, ref=one.anchor_ref)
        return []


def _falls(rules: Rules, touch: Touch, who: Person, one: Candidate, span: Span, now: datetime) -> list[Found]:
    """Find the occasions of one candidate; nobody outside of the segment is eligible."""
    anchor = None if one.anchor_at is None else Anchor(at=one.anchor_at, ref=one.anchor_ref)
    # Yearly ones are looked for from where planning was last: what it missed must not become next year's.
    at = min(now, span.since) if touch.start == "anniversary" else now
    found = [_found(rules, touch, who, anchor, day, at) for day in _days(rules, touch, who, span)]
    return [
        each
        for each in found
        if each is not None
        and each.occasion.valid_until > span.since
        and each.occasion.day <= span.last
        and in_segment(touch, who, each.occasion.due_at)
    ]


def _days(rules: Rules, touch: Touch, who: Person, span: Span) -> Sequence[date | None]:
    """List the local days to look at; what follows an anchor needs none."""
    if touch.start == "once":
        return [touch.on]
    if touch.start != "birthday" or who.birthday is None:
        return [None]
    shift, rule = timedelta(days=touch.days or 0), who.feb29 or rules.limits.feb29
    return [day for day in span.days if turning(who.birthday, day - shift, rule) is not None]


def _found(
    rules: Rules, touch: Touch, who: Person, anchor: Anchor | None, day: date | None, now: datetime
) -> Found | None:
    """Choose the channel for the due instant, which the channel's own hours may move."""
    ways, limits = rules.ways, rules.limits

    def falls_over(choice: Choice) -> Occasion | None:
        way = None if choice.address is None else ways[choice.address.channel]
        return occasion(touch, who, anchor, day, limits, now, choice.address, way)

    choice = choose(touch, who, ways, limits, now)
    falls = falls_over(choice)
    if falls is not None and not lasts(who, ways):
        later = choose(touch, who, ways, limits, falls.due_at)
        if later.address != choice.address:
            falls = falls_over(later)
        choice = later
    if falls is None:
        return None
    never = gates.never(who, falls.day, limits)
    return Found(touch=touch, person=who, occasion=falls, choice=choice, anchor=anchor, never=never)


def _plan(found: Found) -> Plan:
    touch, falls, address = found.touch, found.occasion, found.choice.address
    return Plan(
        customer_id=found.person.id,
        kind=touch.key,
        period=falls.period,
        state=found.state,
        reason=found.reason,
        due_at=falls.due_at,
        valid_until=falls.valid_until,
        day=falls.day.isoformat(),
        clock=falls.clock.isoformat("minutes"),
        zone=falls.where.zones[0],
        zone_source=falls.where.source,
        anchor_at=None if found.anchor is None else found.anchor.at,
        anchor_ref="" if found.anchor is None else found.anchor.ref,
        address_id=None if address is None else address.id,
        channel="" if address is None else address.channel,
        why=found.choice.why,
        approval="asked" if touch.approve else "",
        counts=1 if touch.marketing else 0,
    )
