"""Which days a planning is about, and which anchors could fall into them."""

from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from routing.birthdays import LEAP_DAY, birthdays_asked
from routing.touch import Limits, Touch

WEST: Final = timedelta(hours=12)  # no clock is farther behind UTC
EAST: Final = timedelta(hours=14)  # nor farther ahead
AHEAD: Final = 2  # days
A_DAY: Final = timedelta(days=1)
TURNED: Final = timedelta(hours=3)  # no clock was put forward or back by more, but over the date line
LONGEST_BACK: Final = timedelta(days=14)  # how far back a planning that was away makes up for


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The local days *first* to *last*, both included; what was over by *since* is no business of ours."""

    first: date
    last: date
    since: datetime

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def span(now: datetime, planned: datetime | None = None) -> Span:
    """Plan today and two days ahead in every zone, and what was missed since it was *planned* last."""
    since = now if planned is None else max(min(planned, now), now - LONGEST_BACK)
    return Span(first=(since - WEST).date(), last=(now + EAST).date() + AHEAD * A_DAY, since=since)


def of_days(first: date, last: date, now: datetime) -> Span:
    """Look at some days, with everything that falls on them."""
    return Span(first=first, last=last, since=now)


def years_days(first: date, last: date, year: int) -> list[tuple[date, date]]:
    """Give the days of *year* whose returns are observed from *first* to *last*, as (first, last) pairs.

    29 February returns on the 28th or on 1 March, by either rule. A span over New Year has two parts.
    """
    asked = birthdays_asked(first, last)
    days = sorted(date(year, *each) for each in asked if each != LEAP_DAY or isleap(year))
    parts: list[tuple[date, date]] = []
    for day in days:
        if parts and day - parts[-1][1] <= A_DAY:
            parts[-1] = (parts[-1][0], day)
        else:
            parts.append((day, day))
    return parts[::-1]


def at_midnight(day: date) -> datetime:
    """Give the instant at which a day begins in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def anchors(touch: Touch, limits: Limits, span: Span) -> tuple[datetime, datetime]:
    """Between which instants an anchor must lie for its touch to be due in *span*, or still valid then."""
    offset = touch.after if touch.after is not None else timedelta(days=touch.days or 0)
    valid = touch.valid or limits.follow_up_valid
    begin, end = at_midnight(span.first) - EAST, at_midnight(span.last + A_DAY) + WEST
    return begin - offset - valid - TURNED, end - offset + TURNED
