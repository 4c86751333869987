"""A week of touches in numbers, and the birthdays of the week to come for who looks after them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.touches.facts import WRITTEN_WITHIN, person
from inbox.touches.planning import found_for
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days
from routing.birthdays import birthdays_asked, turning
from routing.occasions import occasion
from routing.reach import choose
from routing.touch import Birthday, Person
from storage import holds, touch_birthdays, touch_digest, touch_facts, touch_report
from storage.database import Connection, Database
from storage.keeping_consents import PHONES
from storage.touch_birthdays import Celebrated

WEEK = timedelta(days=7)
MOST = 100
Bars = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The seven days before *monday* and the seven from it on; *kinds* are (name, out, answered, stopped).

    *out* and *coming* count by day; *reasons* (why not sent) and *held* by code.
    """

    monday: date
    out: Bars
    coming: Bars
    kinds: tuple[tuple[str, int, int, int], ...]
    reasons: tuple[tuple[str, int], ...]
    held: tuple[tuple[str, int], ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all to tell."""
        return not self.drawn and not any(n for _, n in (*self.reasons, *self.held))

    @property
    def drawn(self) -> bool:
        """Whether some day has a touch, so that there is something to draw."""
        return any(n for _, n in (*self.out, *self.coming))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goes:
    """Whether a birthday touch goes: *how* it stands, by which *reason*, at which *clock* over what.

    *how* is leaves, touch_held, no_touch, another_day or switched_off.
    """

    how: str
    reason: str = ""
    clock: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A birthday to come: on which *day*, of whom, and whether a touch goes."""

    day: date
    who: Celebrated
    touch: Goes


def monday_of(now: datetime, zone: str) -> tuple[date, bool]:
    """Give the Monday of this week in a zone, and whether it is between its 9:00 and three days later."""
    local = now.astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime.combine(monday, time(9), tzinfo=ZoneInfo(zone))
    return monday, begins <= local < begins + timedelta(days=3)


async def digest(database: Database, rules: Rules, monday: date, now: datetime) -> Digest:
    """Count the week before *monday* and what the week from it on will bring."""
    first, last = monday - WEEK, monday - timedelta(days=1)
    async with database.reading() as connection:
        by_day = await touch_digest.out_by_day(connection, first.isoformat(), last.isoformat())
        sums = await touch_report.sums(connection, first, last)
        endings = await touch_report.endings(connection, first, last)
        held = await touch_digest.held(connection, now)
    reasons: dict[str, int] = {}
    for one in endings:
        if one.state in ("failed", "expired", "suppressed", "cancelled"):
            reasons[one.reason or one.state] = reasons.get(one.reason or one.state, 0) + one.count
    names = {key: touch.name for key, touch in rules.touches.items()}
    kinds = [(names.get(s.kind, s.kind), s.handed, s.answered, s.stopped) for s in sums.values()]
    return Digest(
        monday=monday,
        out=tuple((day, by_day.get(day.isoformat(), 0)) for day in _days(first)),
        coming=await _coming(database, rules, monday, now),
        kinds=tuple(sorted(kinds, key=lambda one: -one[1])),
        reasons=_most(reasons),
        held=_most(held),
    )


async def _coming(database: Database, rules: Rules, monday: date, now: datetime) -> Bars:
    """Count what the days to come bring, as planning finds it now; nothing is written."""
    counted = dict.fromkeys(_days(monday), 0)
    span = of_days(monday, monday + WEEK - timedelta(days=1), now)
    for touch in rules.touches.values():
        async for page in found_for(database.reading, rules, touch, span, now):
            for one in page:
                if one.state == "planned" and one.occasion.day in counted:
                    counted[one.occasion.day] += 1
    return tuple(counted.items())


def _days(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(7)]


def _most(counted: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


async def birthdays_of(
    connection: Connection, rules: Rules, manager: str, monday: date, now: datetime
) -> list[Coming]:
    """List the birthdays of the week from *monday* on of the customers whom an agent (a key) looks after."""
    asked = sorted(birthdays_asked(monday, monday + WEEK - timedelta(days=1)))
    found = await touch_birthdays.celebrated(connection, manager, asked, MOST)
    ids = [one.customer_id for one in found]
    facts = await touch_facts.facts(connection, ids, now - WRITTEN_WITHIN, PHONES)
    coming = []
    for one in found:
        born = Birthday(month=one.month, day=one.day, year=one.year)
        rule = one.feb29 or rules.limits.feb29
        day = next((each for each in _days(monday) if turning(born, each, rule) is not None), None)
        who = person(facts, one.customer_id, "birthday")
        if day is None or who is None:
            continue
        kept = [each.kind for each in await holds.of(connection, one.customer_id) if each.ended_at is None]
        coming.append(Coming(day=day, who=one, touch=_goes(rules, who, day, kept, now)))
    return sorted(coming, key=lambda one: (one.day, one.who.name))


def _goes(rules: Rules, who: Person, day: date, kept: list[str], now: datetime) -> Goes:
    """Say whether a touch goes on that day, or why not."""
    if not rules.birthdays:
        return Goes(how="switched_off")
    touch = rules.touches[rules.birthdays[0]]
    choice = choose(touch, who, rules.ways, rules.limits, now)
    if choice.address is None:
        return Goes(how="no_touch", reason=choice.reason)
    way = rules.ways[choice.address.channel]
    falls = occasion(touch, who, None, day, rules.limits, now, choice.address, way)
    if falls is None:
        return Goes(how="another_day")
    if falls.reason:
        return Goes(how="no_touch", reason=falls.reason)
    if kept:
        return Goes(how="touch_held", reason="open_complaint" if "complaint" in kept else "taken_by_agent")
    return Goes(how="leaves", clock=f"{falls.clock:%H:%M}", over=way.label)
