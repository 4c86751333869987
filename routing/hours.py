"""When somebody is there: hours on the clock of a zone, holidays left out, and time counted while it is open.

A stretch of four weeks is laid out once, as spans of microseconds since 1970, exact where clocks are put
forward or back; years are walked in such stretches, a time within one is found by halving.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from routing.answering import Hours
from routing.spans import Span, feasts, open_spans

MICRO: Final = timedelta(microseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
STRETCH: Final = 28 * 86_400  # seconds
NEVER: Final = 14  # stretches in a row without an opening: more than a year
MINUTES: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Four weeks: when they open and close, and how long they were open before each opening and in all."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def until(self, at: int) -> int:
        """Give how long it was open before an instant."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.closes[index]) - self.opens[index]

    def after(self, amount: int) -> int:
        """Give the first instant by which it was open for *amount*, above 0 and at most *total*."""
        index = bisect_right(self.before, amount - 1) - 1
        return self.opens[index] + amount - self.before[index]


def is_open(hours: Hours, at: datetime) -> bool:
    """Say whether somebody is there; the minute it closes is closed."""
    if _always(hours):
        return True
    instant = _micros(at)
    stretch = _stretch(hours, _number(instant))
    index = bisect_right(stretch.opens, instant) - 1
    return index >= 0 and instant < stretch.closes[index]


def next_open(hours: Hours, after: datetime) -> datetime | None:
    """Give the first instant from *after* on at which it is open; None if it never is within a year."""
    if is_open(hours, after):
        return after
    instant = _micros(after)
    for stretch in _ahead(hours, instant):
        index = bisect_right(stretch.opens, instant)
        if index < len(stretch.opens):
            return _moment(stretch.opens[index])
    return None


def business(hours: Hours, start: datetime, amount: timedelta) -> datetime:
    """Give the first instant by which it was open for *amount* since *start*; nothing or less is *start*.

    Where it does not open for a year, what is left is added as if it were open: no promise is for ever.
    """
    rest = amount // MICRO
    if rest <= 0 or _always(hours):
        return start + max(amount, timedelta(0))
    instant = _micros(start)
    gone = _stretch(hours, _number(instant)).until(instant)
    last = instant
    for stretch in _ahead(hours, instant):
        if gone + rest <= stretch.total:
            return _moment(stretch.after(gone + rest))
        rest -= stretch.total - gone
        gone = 0
        last = stretch.closes[-1] if stretch.closes else last
    return _moment(max(last, instant) + rest)


def between(hours: Hours, a: datetime, b: datetime) -> timedelta:
    """Give how long it was open from *a* to *b*; below zero where *b* is before *a*."""
    if b < a:
        return -between(hours, b, a)
    if _always(hours):
        return b - a
    begin, end = _micros(a), _micros(b)
    first, last = _number(begin), _number(end)
    whole = sum(_stretch(hours, number).total for number in range(first, last))
    return (whole - _stretch(hours, first).until(begin) + _stretch(hours, last).until(end)) * MICRO


def _ahead(hours: Hours, instant: int) -> Iterator[Stretch]:
    """Give the stretch of an instant and those that follow, until none opens for more than a year."""
    number, closed = _number(instant), 0
    while closed < NEVER:
        stretch = _stretch(hours, number)
        yield stretch
        closed = 0 if stretch.total else closed + 1
        number += 1


@lru_cache(maxsize=1 << 12)
def _stretch(hours: Hours, number: int) -> Stretch:
    begin, end = number * STRETCH, (number + 1) * STRETCH
    first = (EPOCH + timedelta(seconds=begin)).date() - timedelta(days=1)  # no zone is farther from UTC
    opens: list[int] = []
    closes: list[int] = []
    for day in range(STRETCH // 86_400 + 2):
        for start, stop in _day(hours, first + timedelta(days=day)):
            start, stop = max(start, begin), min(stop, end)
            if start >= stop:
                continue
            if closes and start <= closes[-1]:  # over midnight, or spans that overlap
                closes[-1] = max(stop, closes[-1])
            else:
                opens.append(start)
                closes.append(stop)
    before, total = [], 0
    for start, stop in zip(opens, closes, strict=True):
        before.append(total)
        total += (stop - start) * SECOND
    return Stretch(
        opens=tuple(start * SECOND for start in opens),
        closes=tuple(stop * SECOND for stop in closes),
        before=tuple(before),
        total=total,
    )


def _day(hours: Hours, day: date) -> list[Span]:
    """Give what is open on a local day, in seconds since 1970."""
    if day not in hours.opened and (day in hours.closed or _feast(hours, day)):
        return []
    walls = [(one.start * 60, one.end * 60) for one in hours.spans if one.weekday == day.weekday()]
    return sorted(open_spans(day, hours.zone, walls if hours.spans else [(0, MINUTES * 60)]))


def _feast(hours: Hours, day: date) -> bool:
    return bool(hours.country) and day in feasts(hours.country, day.year, hours.region)


def _always(hours: Hours) -> bool:
    return not (hours.spans or hours.country or hours.closed)


def _number(instant: int) -> int:
    return instant // (STRETCH * SECOND)


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICRO


def _moment(instant: int) -> datetime:
    return EPOCH + instant * MICRO
