"""How often we may write first: per day, per week, per place, and with room for a birthday."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from routing.numbers import place
from routing.occasions import instant
from routing.touch import Circumstances, Limits, Occasion, Person, Reachable, Touch, Way, Where

WEEK: Final = timedelta(days=7)
BIRTHDAY_KEEPS: Final = timedelta(hours=24)
"""How long before a birthday touch the others make room for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """A cap that is full: *reason* says which, *until* when it is worth looking again."""

    reason: str
    until: datetime


def full(
    touch: Touch,
    occasion: Occasion,
    facts: Circumstances,
    limits: Limits,
    places: Collection[str],
    now: datetime,
) -> Full | None:
    """Find the cap that keeps a touch back longest at *now*, if any; *places* are those whose law counts.

    Only marketing is capped. A birthday is exempt from the week, never from the day or the law; the others
    leave it its day and what the law and the gap leave for it. Every hand-off in *facts* counts.
    """
    if not touch.marketing:
        return None
    birthday = touch.start == "birthday"
    coming = None if birthday else facts.birthday_next
    if coming is not None and abs(coming - now) > BIRTHDAY_KEEPS:
        coming = None
    found = [_day(touch, occasion, facts, limits, now, coming), _gap(facts, limits, now, coming)]
    if not birthday:
        found.append(_rolling(facts.handed, limits.a_week, WEEK, "weekly_cap", now))
    for key in places:
        most, period = limits.place_caps[key]
        kept = (*facts.handed, now) if coming is not None and abs(coming - now) < period else facts.handed
        found.append(_rolling(kept, most, period, "jurisdiction_cap", now))
    return max((one for one in found if one), key=lambda one: one.until, default=None)


def capped_places(address: Reachable, way: Way, person: Person, limits: Limits) -> list[str]:
    """Name the places with a cap of their own that a phone may be in: of its number and its owner's region.

    A US number whose state nobody knows is under the cap of each state that has one.
    """
    if not (way.phone and way.pushed and limits.place_caps):
        return []
    places = {place(address.address), person.region.strip().upper()} - {""} or {person.country.upper()}
    unknown = "US" in places and not any(one.startswith("US-") for one in places)
    return [key for key in sorted(limits.place_caps) if key in places or (unknown and key.startswith("US-"))]


def same_day(one: datetime, other: datetime, where: Where) -> bool:
    """Tell whether two instants may fall on one day of the customer's, in any zone they may be in."""
    return any(local_day(one, zone) == local_day(other, zone) for zone in where.zones)


def local_day(at: datetime, zone: str) -> date:
    """Give the day a clock in *zone* shows at *at*."""
    return at.astimezone(ZoneInfo(zone)).date()


def own_hour(after: datetime, touch: Touch, occasion: Occasion) -> datetime:
    """Find the first instant from *after* on at which every clock of theirs has reached the touch's own hour.

    A touch without an hour keeps the clock it was due at.
    """
    at = touch.at or occasion.clock
    day = min(local_day(after, zone) for zone in occasion.where.zones)
    while (found := _latest(day, at, occasion.where)) < after:
        day += timedelta(days=1)
    return found


def _latest(day: date, at: time, where: Where) -> datetime:
    return max(instant(day, at, zone) for zone in where.zones)


def _day(
    touch: Touch,
    occasion: Occasion,
    facts: Circumstances,
    limits: Limits,
    now: datetime,
    coming: datetime | None,
) -> Full | None:
    where = occasion.where
    today = sum(same_day(one, now, where) for one in facts.handed)
    kept = coming is not None and same_day(coming, now, where)
    if today + kept < limits.a_day:
        return None
    reason = "daily_cap" if today >= limits.a_day else "birthday_keeps_the_day"
    day = max(local_day(now, zone) for zone in where.zones) + timedelta(days=1)
    midnight = max(instant(day, time(0), zone) for zone in where.zones)
    return Full(reason=reason, until=own_hour(midnight, touch, occasion))


def _gap(facts: Circumstances, limits: Limits, now: datetime, coming: datetime | None) -> Full | None:
    """Keep the gap after the last hand-off, and before a birthday that is to come."""
    until = max((one + limits.gap for one in facts.handed), default=now)
    if coming is not None and abs(coming - now) < limits.gap:
        until = max(until, coming + limits.gap)
    return Full(reason="min_gap", until=until) if until > now else None


def _rolling(
    handed: Sequence[datetime], most: int, period: timedelta, reason: str, now: datetime
) -> Full | None:
    """Count the hand-offs of the *period* before *now*; it is full until enough of them are older."""
    counted = sorted(one for one in handed if one + period > now)
    if len(counted) < most:
        return None
    until = counted[len(counted) - most] + period if most > 0 else now + period
    return Full(reason=reason, until=until)
