"""What days to come bring: the planner's own finds, decided at their due instants, kept nowhere.

Every face that shows days to come asks here, so that all say the same, and what is then done.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from inbox.touches.candidates import Reading
from inbox.touches.lacking import lacking
from inbox.touches.meanwhile import Meanwhile
from inbox.touches.planning import Found, found_for
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days
from inbox.touches.standing import Standing, standing
from routing.case import LOOK
from routing.reach import decide, lasts
from routing.touch import Choice, Verdict
from storage import touch_days
from storage.touch_rows import TouchRow
from storage.touch_states import CLAIMED, DEFERRED, HELD, PLANNED

PAGE: Final = 500
A_BREATH: Final = 25
"""Decisions after which others may go on."""
AT_ONCE: Final = timedelta(days=7)
"""How many days are held in memory together: what is due earlier takes its part of caps first."""

Due = tuple[datetime, datetime, int, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Somebody's touch as it would be: the row that it would have, keyed by a number of its customer's."""

    found: Found
    row: TouchRow


async def foresee(
    reading: Reading, rules: Rules, first: date, last: date, now: datetime, *, new: bool = False
) -> AsyncIterator[list[Foreseen]]:
    """Decide about everybody due on the days *first* to *last* of their own, by due instant, in pages.

    *new* leaves those out who have a row already. Texts are not written. A touch that waits is shown as it
    would stand after its first look, and takes its part of caps when it would leave.
    """
    meanwhile, begin = Meanwhile(rules=rules, now=now), first
    while begin <= last:
        end = min(begin + AT_ONCE - timedelta(days=1), last)
        found = await _found(reading, rules, begin, end, now, new=new)
        known = await standing(reading, rules, found, now)
        without = await lacking(reading, rules, found, now)
        await meanwhile.begin(reading, found, end)
        async for page in _decided(rules, found, known, without, meanwhile, now):
            yield page
        begin = end + timedelta(days=1)


async def _found(
    reading: Reading, rules: Rules, first: date, last: date, now: datetime, *, new: bool
) -> list[Found]:
    every: list[Found] = []
    for touch in rules.touches.values():
        async for page in found_for(reading, rules, touch, of_days(first, last, now), now):
            mine = [one for one in page if first <= one.occasion.day <= last]
            if new and mine:
                async with reading() as connection:
                    rows = await touch_days.keys(connection, touch.key, {one.person.id for one in mine})
                mine = [one for one in mine if (one.person.id, touch.key, one.occasion.period) not in rows]
            every += mine
            await asyncio.sleep(0)
    return every


async def _decided(
    rules: Rules,
    found: Sequence[Found],
    known: Standing,
    without: set[int],
    meanwhile: Meanwhile,
    now: datetime,
) -> AsyncIterator[list[Foreseen]]:
    waiting: list[Due] = [
        (max(now, one.occasion.due_at), one.occasion.valid_until, number, True)
        for number, one in enumerate(found)
    ]
    heapq.heapify(waiting)
    page: list[Foreseen] = []
    looked = 0
    while waiting:
        at, until, number, first = heapq.heappop(waiting)
        one = found[number]
        verdict = _verdict(rules, one, known, meanwhile, at, lacks=number in without)
        meanwhile.take(one, verdict, at)
        if verdict.due_at is not None and verdict.due_at - at > LOOK:
            heapq.heappush(waiting, (verdict.due_at, until, number, False))
        if first:
            page.append(Foreseen(found=one, row=_row(one, verdict, meanwhile.number(one.person.id))))
        looked += 1
        if looked % A_BREATH == 0:
            await asyncio.sleep(0)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _verdict(
    rules: Rules, one: Found, known: Standing, meanwhile: Meanwhile, at: datetime, *, lacks: bool
) -> Verdict:
    if one.state != PLANNED:
        return Verdict(state=one.state, reason=one.reason, choice=one.choice)
    exhausted = meanwhile.exhausted(at)
    verdict = decide(
        one.touch,
        one.person,
        one.occasion,
        meanwhile.added(one, known.facts(one), at),
        rules.ways,
        rules.limits,
        at,
        approval="asked" if one.touch.approve else "",
        anchor=one.anchor,
        exhausted=exhausted,
        choice=one.choice if not exhausted and lasts(one.person, rules.ways) else None,
    )
    if lacks and verdict.state == CLAIMED:
        return replace(verdict, state="suppressed", reason="missing_variable")
    return verdict


def _row(one: Found, verdict: Verdict, number: int) -> TouchRow:
    touch, falls = one.touch, one.occasion
    choice: Choice = verdict.choice or one.choice
    chosen = choice.address or one.choice.address
    moved = verdict.due_at if verdict.state in (DEFERRED, HELD) else None
    return TouchRow(
        id=number,
        customer_id=one.person.id,
        kind=touch.key,
        period=falls.period,
        state=PLANNED if verdict.state == CLAIMED else verdict.state,
        reason=verdict.reason,
        due_at=moved or falls.due_at,
        valid_until=falls.valid_until,
        day=falls.day.isoformat(),
        clock=falls.clock.isoformat("minutes"),
        zone=falls.where.zones[0],
        zone_source=falls.where.source,
        anchor_at=None if one.anchor is None else one.anchor.at,
        anchor_ref="" if one.anchor is None else one.anchor.ref,
        address_id=None if chosen is None else chosen.id,
        channel="" if chosen is None else chosen.channel,
        why=choice.why or one.choice.why,
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
