"""What would be sent on some days: the very planning, and the decision at each due instant, kept nowhere."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from inbox.touches.candidates import Reading
from inbox.touches.facts import circumstances
from inbox.touches.planning import Found, found_for
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days
from inbox.touches.texts import Missing, values_of, words
from routing.reach import decide
from routing.touch import Circumstances, Touch
from storage import touch_circumstances
from storage.database import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One person on one day: when on their clock and in UTC, over what, in which words, or why not."""

    kind: str
    customer_id: int
    name: str
    period: str
    due_at: datetime
    day: date
    clock: str
    zone: str
    zone_source: str
    channel: str
    address: str
    why: str
    language: str
    text: str
    state: str
    reason: str


@dataclass(slots=True)
class Load:
    """How many leave in each minute over each channel."""

    minutes: dict[str, dict[datetime, int]] = field(default_factory=dict)

    def add(self, channel: str, due_at: datetime) -> None:
        """Count one."""
        at = due_at.replace(second=0, microsecond=0)
        counted = self.minutes.setdefault(channel, {})
        counted[at] = counted.get(at, 0) + 1

    def by_hour(self) -> list[tuple[datetime, str, int]]:
        """List (the hour's start, channel, number), in order."""
        hours: dict[tuple[datetime, str], int] = {}
        for channel, minutes in self.minutes.items():
            for at, number in minutes.items():
                key = (at.replace(minute=0), channel)
                hours[key] = hours.get(key, 0) + number
        return sorted((at, channel, number) for (at, channel), number in hours.items())

    def finished(self, rates: Mapping[str, float]) -> dict[str, datetime]:
        """Say when each channel has sent all of its own, at so many a second."""
        found = {}
        for channel, minutes in self.minutes.items():
            done = min(minutes)
            for at in sorted(minutes):
                done = max(done, at) + timedelta(seconds=minutes[at] / rates.get(channel, 1.0))
            found[channel] = done
        return found


async def preview(
    database: Database, rules: Rules, first: date, last: date, now: datetime
) -> AsyncIterator[list[Shown]]:
    """Show, in pages, what the days *first* to *last* on the customers' clocks bring; consumes nothing.

    All is read in one transaction. Birthdays go first, as caps let them; what an earlier touch of this
    preview takes of somebody's caps is counted.
    """
    span, taken = of_days(first, last, now), dict[int, list[tuple[str, datetime]]]()
    ordered = sorted(rules.touches.values(), key=lambda touch: touch.start != "birthday")
    async with database.reading() as connection:
        for touch in ordered:
            async for page in found_for(_within(connection), rules, touch, span, now):
                mine = [one for one in page if first <= one.occasion.day <= last]
                if mine:
                    yield await _page(connection, rules, touch, mine, taken, now)


def _within(connection: Connection) -> Reading:
    @asynccontextmanager
    async def reading() -> AsyncIterator[Connection]:
        yield connection

    return reading


async def _page(
    connection: Connection,
    rules: Rules,
    touch: Touch,
    page: Sequence[Found],
    taken: dict[int, list[tuple[str, datetime]]],
    now: datetime,
) -> list[Shown]:
    ids = {one.person.id for one in page}
    befell = await touch_circumstances.befell(connection, ids, now, rules.birthdays, [touch.key])
    refs = {one.anchor.ref for one in page if one.anchor is not None}
    followed = await touch_circumstances.followed(connection, refs)
    shown = []
    for one in sorted(page, key=lambda found: found.occasion.due_at):
        after = followed.get(one.anchor.ref) if one.anchor is not None else None
        facts = circumstances(befell[one.person.id], None, touch.key, after)
        facts = _with(facts, taken.get(one.person.id, []), touch.key)
        each = await _one(connection, rules, one, facts, max(now, one.occasion.due_at))
        if each.state == "planned" and touch.marketing:
            taken.setdefault(one.person.id, []).append((touch.key, each.due_at))
        shown.append(each)
    return shown


def _with(facts: Circumstances, taken: Sequence[tuple[str, datetime]], kind: str) -> Circumstances:
    if not taken:
        return facts
    handed = (*facts.handed, *(at for _, at in taken))
    return replace(facts, handed=handed, same=(*facts.same, *(at for name, at in taken if name == kind)))


async def _one(connection: Connection, rules: Rules, one: Found, facts: Circumstances, at: datetime) -> Shown:
    touch, who, falls = one.touch, one.person, one.occasion
    state, reason, choice, text, language = one.state, one.reason, one.choice, "", ""
    if state == "planned":
        verdict = decide(
            touch, who, falls, facts, rules.ways, rules.limits, at, approval="given", anchor=one.anchor
        )
        state = "planned" if verdict.state == "claimed" else verdict.state
        reason, choice = verdict.reason, verdict.choice or choice
    address = choice.address
    if address is not None and state == "planned":
        try:
            ref = "" if one.anchor is None else one.anchor.ref
            anchor_at = None if one.anchor is None else one.anchor.at
            values = await values_of(connection, who, anchor_at=anchor_at, anchor_ref=ref, now=at)
            told = words(rules, touch, who, falls, address.channel, values, at)
            text, language = told.text, told.language
        except Missing:
            state, reason = "suppressed", "missing_variable"
    return Shown(
        kind=touch.key,
        customer_id=who.id,
        name=who.name,
        period=falls.period,
        due_at=falls.due_at,
        day=falls.day,
        clock=falls.clock.isoformat("minutes"),
        zone=falls.where.zones[0],
        zone_source=falls.where.source,
        channel="" if address is None else address.channel,
        address="" if address is None else address.address,
        why=choice.why,
        language=language,
        text=text,
        state=state,
        reason=reason,
    )
