"""The hours in which we may write first: the law's at an address, the account's, the customer's own."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from routing.numbers import place
from routing.spans import Span, common, midnight, moment, open_spans, open_walls, pieces, seconds
from routing.touch import Hours, Limits, Person, Reachable, Way, Where
from routing.zones import zone

MARGIN = timedelta(hours=1)
ALWAYS = Hours(place="", week=((time(0), time(0)),) * 7, source="nothing rings: it waits for their visit")


def law(
    address: Reachable | None, way: Way | None, person: Person, limits: Limits, *, on: date | None = None
) -> Hours:
    """Give the hours that hold at an address: of the law for a phone, else the account's own.

    The law is that of the number's state or country and, where we know it, of the customer's region:
    the hours of both. A US number whose state nobody knows gets the hours that are legal in each
    state. Rows that begin after *on* do not count yet. What does not ring may always be put there.
    """
    if way is not None and not way.pushed:
        return ALWAYS
    phone = way.phone if way is not None else address is not None and "+" in address.address
    if address is None or not phone or not limits.laws:
        return _own(limits.hours)
    rows = {row.place: row for place in _places(address, person) for row in _rows(place, limits, on)}
    return closest(tuple(rows.values())) if rows else _own(limits.hours)


def is_allowed(
    at: datetime, where: Where, hours: Hours, person: Person, *, margin: timedelta = MARGIN
) -> bool:
    """Say whether *at* is inside *hours* and outside the customer's quiet hours, in each zone.

    Where the zone is a guess, the edges keep a *margin*.
    """
    edge = _edge(where, margin)
    for name in where.zones:
        local = at.astimezone(zone(name))
        clock = seconds(local.time())
        walls = open_walls(local.date(), hours, person.quiet, edge)
        if not any(opens <= clock < closes for opens, closes in walls):
            return False
    return True


def next_allowed(
    at: datetime,
    until: datetime,
    where: Where,
    hours: Hours,
    person: Person,
    *,
    margin: timedelta = MARGIN,
) -> datetime | None:
    """Give the first allowed instant from *at* on and before *until*, to the second; None if there is none.

    Each zone in turn moves the instant to its own next opening, until one round moves nothing.
    """
    if at >= until:
        return None
    if is_allowed(at, where, hours, person, margin=margin):
        return at
    last = int(until.timestamp()) + bool(until.microsecond)
    soon = int(at.timestamp())  # hours open on whole seconds: what is closed now is closed from its second on
    while True:
        later = soon
        for name in where.zones:
            found = _next_in(name, later, last, hours, person.quiet, _edge(where, margin))
            if found is None:
                return None
            later = found
        if later == soon:
            return moment(later) if moment(later) < until else None
        soon = later


def open_on(
    day: date, where: Where, hours: Hours, person: Person, *, margin: timedelta = MARGIN
) -> list[Span]:
    """Give the spans that are allowed and on *day* in every zone; a day a zone skipped is its next."""
    spans: list[Span] | None = None
    edge = _edge(where, margin)
    walls = open_walls(day, hours, person.quiet, edge)
    for name in where.zones:
        own = held(day, name)
        shown = walls if own == day else open_walls(own, hours, person.quiet, edge)
        mine = open_spans(own, name, shown)
        spans = mine if spans is None else common(spans, mine)
    return spans or []


def held(day: date, name: str) -> date:
    """Give the day itself, or the next one if a zone's calendar skipped it (Samoa, 2011-12-30)."""
    return day if pieces(day, name) else day + timedelta(days=1)


def closest(rows: Sequence[Hours]) -> Hours:
    """Give the hours that are open in every row: the last to open, the first to close, day by day."""
    if len(rows) == 1:
        return rows[0]
    return Hours(
        place=" ".join(sorted(row.place for row in rows)) if len(rows) < 4 else rows[0].place[:2],
        week=tuple(_tightest([row.week[weekday] for row in rows]) for weekday in range(7)),
        holidays=" ".join(sorted({row.holidays for row in rows if row.holidays})),
        source="the hours that are open in each of several places",
        reviewed=min((row.reviewed for row in rows if row.reviewed), default=None),
    )


def _tightest(pairs: Iterable[tuple[time, time] | None]) -> tuple[time, time] | None:
    start, end = time.min, time.max
    over = True  # do all last over midnight?
    for pair in pairs:
        if pair is None:
            return None
        wraps = pair[1] <= pair[0]
        start = max(start, pair[0])
        if wraps <= over:
            end = min(end, pair[1]) if wraps == over else pair[1]
            over = wraps
    return (start, end) if over or start < end else None


def _rows(place: str, limits: Limits, on: date | None) -> list[Hours]:
    """Find the law's rows for a place: its own, its country's, or all states' where it is US alone."""
    if place == "US":
        return [row for key, row in limits.laws.items() if key.partition("-")[0] == "US" and _holds(row, on)]
    for key in (place, place.partition("-")[0]):
        row = limits.laws.get(key)
        if row is not None and _holds(row, on):
            return [row]
    return []


def _holds(row: Hours, on: date | None) -> bool:
    return on is None or row.since is None or row.since <= on


def _places(address: Reachable, person: Person) -> set[str]:
    """Name the places whose law may hold: the number's and the region's; else the country's."""
    places = {place(address.address)} - {""}
    if person.region:
        places.add(person.region.strip().upper())
    if not places and person.country:
        places.add(person.country.upper())
    return places - {"US"} if any(one.startswith("US-") for one in places) else places


@lru_cache(maxsize=64)
def _own(hours: tuple[time, time]) -> Hours:
    return Hours(place="", week=(hours,) * 7, source="the account's own hours")


def _edge(where: Where, margin: timedelta) -> int:
    return int(margin.total_seconds()) if where.guess else 0


def _next_in(
    name: str, soon: int, last: int, hours: Hours, quiet: tuple[time, time] | None, edge: int
) -> int | None:
    """Find the first open second of one zone in [soon, last)."""
    day = datetime.fromtimestamp(soon, zone(name)).date()
    while midnight(day) - 14 * 3600 < last:
        for opens, closes in open_spans(day, name, open_walls(day, hours, quiet, edge)):
            if closes > soon:
                return max(soon, opens)
        day += timedelta(days=1)
    return None
