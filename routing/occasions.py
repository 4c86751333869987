"""When an occasion falls: birthdays, anniversaries, days by the calendar, hours after an event.

A wish is the instant at which the touch would leave if every hour were allowed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from routing.allowed import held
from routing.birthdays import birthdays_asked, fault, observed, turning
from routing.ground import Ground, fitted, ground_of, instant
from routing.touch import Anchor, Birthday, Limits, Occasion, Person, Reachable, Touch, Way, Where
from routing.zones import where, zone

__all__ = ["birthdays_asked", "instant", "observed", "occasion"]

CLOSED = "jurisdiction_closed_all_day"
DAY = timedelta(days=1)
MIDNIGHT = time(0)


def occasion(
    touch: Touch,
    person: Person,
    anchor: Anchor | None,
    day: date | None,
    limits: Limits,
    now: datetime,
    address: Reachable | None,
    way: Way | None,
) -> Occasion | None:
    """Give a person's occasion for a touch, or None if it does not fall.

    *day* is the local day being planned: a birthday or a date falls on it or not. What follows an
    *anchor* falls when the anchor says. An occasion with a reason says why nothing will be sent.
    """
    if touch.start == "birthday":
        if person.birthday is None or day is None:
            return None
        return _birthday(touch, person, person.birthday, day, limits, now, address, way)
    at = touch.at or limits.birthday_at
    if touch.start == "once":
        target = touch.on
        if target is None or (day is not None and day != target):
            return None
        ground = ground_of(person, limits, address, way, target)
        return _follow(touch, ground, target.isoformat(), ground.wish(target, at), None, target, now)
    if anchor is None:
        return None
    if touch.start == "anniversary":
        return _anniversary(touch, person, anchor, day, limits, now, address, way)
    if touch.after is not None:
        wish, target = anchor.at + touch.after, None
        ground = ground_of(person, limits, address, way, wish.date())
    else:
        target = _anchored(anchor, where(person, limits)) + timedelta(days=touch.days or 0)
        ground = ground_of(person, limits, address, way, target)
        wish = ground.wish(target, at)
    return _follow(touch, ground, anchor.ref, wish.astimezone(UTC), anchor.at, target, now)


def _birthday(
    touch: Touch,
    person: Person,
    born: Birthday,
    day: date,
    limits: Limits,
    now: datetime,
    address: Reachable | None,
    way: Way | None,
) -> Occasion | None:
    """Place a birthday into the allowed hours of its own day; it ends with that day."""
    year = turning(born, day - timedelta(days=touch.days or 0), person.feb29 or limits.feb29)
    if year is None:
        return None
    ground = ground_of(person, limits, address, way, day)
    spans = ground.spans(day)
    wish = ground.wish(day, touch.at or limits.birthday_at, spans)
    midnight = min(instant(held(day, name) + DAY, MIDNIGHT, name) for name in ground.where.zones)
    valid = midnight if touch.valid is None else wish + touch.valid
    valid = valid if touch.belated else min(valid, midnight)
    told = person.birthday_at
    today = told is not None and any(told.astimezone(zone(name)).date() == day for name in ground.where.zones)
    if reason := fault(person, born, year, limits.youngest + ((touch.days or 0) < 0)):
        return ground.made(str(year), wish, valid, "suppressed", reason)
    if today and person.birthday_in_bulk and not touch.bulk_same_day:
        return ground.made(str(year), wish, valid, "suppressed", "not_scheduled")
    earliest = told + limits.settle if told is not None else None
    due = fitted(wish, earliest, spans, limits.clamp)
    if due is None and valid > midnight:  # belated words were written
        due = ground.following(max(wish, earliest or wish), valid)
    if due is None and not spans:
        return ground.made(str(year), wish, valid, "suppressed", CLOSED)
    return _in_time(ground, str(year), due, wish, valid, now)


def _anniversary(
    touch: Touch,
    person: Person,
    anchor: Anchor,
    day: date | None,
    limits: Limits,
    now: datetime,
    address: Reachable | None,
    way: Way | None,
) -> Occasion | None:
    """Place the yearly return of the anchor's day: the one on *day*, else the first not yet over."""
    first = _anchored(anchor, where(person, limits))
    shift = timedelta(days=touch.days or 0)
    yearly, rule = Birthday(month=first.month, day=first.day), person.feb29 or limits.feb29
    if day is not None:
        found = turning(yearly, day - shift, rule)
        years: Sequence[int] = () if found is None else (found,)
    else:
        years = range(now.year - 1, now.year + 2)
    for year in years:
        if year > first.year:
            target = observed(yearly, year, rule) + shift
            ground = ground_of(person, limits, address, way, target)
            wish = ground.wish(target, touch.at or limits.birthday_at)
            found_one = _follow(touch, ground, str(year), wish, anchor.at, target, now)
            if day is not None or found_one.valid_until > now:
                return found_one
    return None


def _follow(
    touch: Touch,
    ground: Ground,
    period: str,
    wish: datetime,
    earliest: datetime | None,
    target: date | None,
    now: datetime,
) -> Occasion:
    """Move a wish to the next allowed instant while it is valid.

    If the customer may be in several zones, an instant on the *target* day in each goes first.
    """
    valid = wish + (touch.valid or ground.limits.follow_up_valid)
    begin = max(wish, earliest.astimezone(UTC)) if earliest is not None else wish
    due = None
    if target is not None and len(ground.where.zones) > 1:
        due = fitted(begin, earliest, ground.spans(target), ground.limits.clamp)
    if due is None:
        due = ground.following(begin, valid)
    return _in_time(ground, period, due, wish, valid, now)


def _in_time(
    ground: Ground, period: str, due: datetime | None, wish: datetime, valid: datetime, now: datetime
) -> Occasion:
    """Make the occasion, expired if no allowed instant is left or if all is over."""
    if due is None or due >= valid or valid <= now:
        return ground.made(period, due or wish, valid, "expired", "expired")
    return ground.made(period, due, valid)


def _anchored(anchor: Anchor, spot: Where) -> date:
    """Give the anchor's own day; where zones differ, the later one."""
    return max(anchor.at.astimezone(zone(name)).date() for name in spot.zones)
