"""The open hours of a local day as spans of UTC, exact where clocks are put forward or back.

Spans are half-open pairs of whole seconds since 1970; walls are seconds since a local midnight.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from routing.touch import Hours
from routing.zones import zone

DAY = 86_400
REACH = 16 * 3600  # no clock was ever farther from UTC
STEP = 6 * 3600  # no zone changed its offset twice within this
FIRST = date(1970, 1, 1).toordinal()
Span = tuple[int, int]


def midnight(day: date) -> int:
    """Give the second at which *day* begins in UTC."""
    return (day.toordinal() - FIRST) * DAY


def moment(second: int) -> datetime:
    """Give the UTC instant of a second."""
    return datetime.fromtimestamp(second, UTC)


@lru_cache(maxsize=1 << 13)
def pieces(day: date, name: str) -> tuple[tuple[int, int, int], ...]:
    """Give the (from, until, offset) during which clocks of a zone show *day*; none if it was skipped."""
    begin = midnight(day)
    found = []
    for start, end, offset in _steady(begin - REACH, begin + DAY + REACH, name):
        first, last = max(start, begin - offset), min(end, begin + DAY - offset)
        if first < last:
            found.append((first, last, offset))
    return tuple(found)


def open_spans(day: date, name: str, walls: Sequence[Span]) -> list[Span]:
    """Give the spans of a local day in which its clock is inside *walls*."""
    begin = midnight(day)
    found = []
    for start, end, offset in pieces(day, name):
        for opens, closes in walls:
            first, last = max(start, begin + opens - offset), min(end, begin + closes - offset)
            if first < last:
                found.append((first, last))
    return found


def open_walls(day: date, hours: Hours, quiet: tuple[time, time] | None, margin: int) -> list[Span]:
    """Give what is open on a day's clock: its own window, the night before's rest, less the quiet hours.

    The *margin* in seconds is kept at each edge; a window that never closes has none.
    """
    found: list[Span] = []
    for back in (1, 0):
        pair = _window(day - timedelta(days=back) if back else day, hours)
        if pair is None:
            continue
        opens, closes = pair
        if closes - opens < DAY:
            opens, closes = opens + margin, closes - margin
        opens, closes = max(0, opens - back * DAY), min(DAY, closes - back * DAY)
        if found and opens <= found[-1][1]:
            opens = found.pop()[0]
        if opens < closes:
            found.append((opens, closes))
    return found if quiet is None else _without(found, _pair(*quiet), margin)


def common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Give the spans that are in both."""
    both = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return sorted(span for span in both if span[0] < span[1])


@lru_cache(maxsize=256)
def feasts(country: str, year: int, region: str = "") -> frozenset[date]:
    """Give a country's public holidays in a year, with its *region*'s; none where they are not known."""
    import holidays  # four MiB, for who is open by a calendar

    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return frozenset()


def seconds(wall: time) -> int:
    """Count the seconds from midnight to a wall time."""
    return wall.hour * 3600 + wall.minute * 60 + wall.second


def _window(day: date, hours: Hours) -> Span | None:
    """Give the window that opens on *day*; its end is beyond a day's seconds if it lasts over midnight."""
    pair = hours.week[day.weekday()]
    if pair is None:
        return None
    if hours.holidays and any(day in feasts(land, day.year) for land in hours.holidays.split()):
        return None
    return _pair(*pair)


def _pair(start: time, end: time) -> Span:
    opens, closes = seconds(start), seconds(end)
    return (opens, closes) if closes > opens else (opens, closes + DAY)


def _without(spans: list[Span], quiet: Span, margin: int) -> list[Span]:
    """Take quiet hours and the margin around them out; the same start and end mean none."""
    if quiet[1] - quiet[0] >= DAY:
        return spans
    for shift in (-DAY, 0, DAY):
        hush, wake = quiet[0] - margin + shift, quiet[1] + margin + shift
        cut = [(opens, min(closes, hush)) for opens, closes in spans]
        cut += [(max(opens, wake), closes) for opens, closes in spans]
        spans = sorted((opens, closes) for opens, closes in cut if opens < closes)
    return spans


def _steady(first: int, last: int, name: str) -> list[tuple[int, int, int]]:
    """Cut a time into the parts in which a zone's offset stays the same."""
    parts: list[tuple[int, int, int]] = []
    begin, offset = first, _offset(first, name)
    for sample in range(first + STEP, last + STEP, STEP):
        if (now := _offset(sample, name)) != offset:
            turn = _turn(sample - STEP, sample, name)
            parts.append((begin, turn, offset))
            begin, offset = turn, now
    return [*parts, (begin, last, offset)]


def _turn(before: int, after: int, name: str) -> int:
    """Find the first second at which the offset is no longer that of *before*."""
    old = _offset(before, name)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(middle, name) == old else (before, middle)
    return after


def _offset(second: int, name: str) -> int:
    offset = datetime.fromtimestamp(second, zone(name)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
