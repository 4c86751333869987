"""What the time of one person's touch is judged on: zones, hours, and instants among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.allowed import law, next_allowed, open_on
from routing.spans import Span, moment
from routing.touch import Hours, Limits, Occasion, Person, Reachable, State, Way, Where
from routing.zones import where, zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the time of one person's touch is judged on."""

    where: Where
    hours: Hours
    person: Person
    limits: Limits

    def spans(self, day: date) -> list[Span]:
        """Give what is open on *day* in each zone."""
        return open_on(day, self.where, self.hours, self.person, margin=self.limits.guess_margin)

    def following(self, at: datetime, until: datetime) -> datetime | None:
        """Give the first allowed instant in [*at*, *until*)."""
        margin = self.limits.guess_margin
        return next_allowed(at, until, self.where, self.hours, self.person, margin=margin)

    def wish(self, day: date, at: time, spans: Sequence[Span] | None = None) -> datetime:
        """Give the instant at which it is *at* on *day*: in the likeliest zone that suits all the others.

        Where none does, the latest, so that it is not too early anywhere.
        """
        wishes = [instant(day, at, name) for name in self.where.zones]
        if len(wishes) > 1:
            spans = self.spans(day) if spans is None else spans
            for wish in wishes:
                if any(start <= wish.timestamp() < end for start, end in spans):
                    return wish
        return max(wishes)

    def made(
        self, period: str, due: datetime, valid: datetime, state: State = "planned", reason: str = ""
    ) -> Occasion:
        """Make the occasion, with the customer's own day and clock (of the first of their zones)."""
        local = due.astimezone(zone(self.where.zones[0]))
        return Occasion(
            period=period,
            due_at=due,
            valid_until=valid,
            day=local.date(),
            clock=local.time(),
            where=self.where,
            state=state,
            reason=reason,
        )


@lru_cache(maxsize=1 << 13)
def instant(day: date, at: time, zone: str) -> datetime:
    """Give the UTC instant of a wall time in an IANA *zone*.

    A time that does not exist counts by the offset before the gap, one that comes twice is the first
    (RFC 5545, 3.3.5). Raises ZoneInfoNotFoundError for an unknown zone.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ground_of(
    person: Person, limits: Limits, address: Reachable | None, way: Way | None, day: date
) -> Ground:
    """Gather it for a person; the laws are those in effect on *day*."""
    hours = law(address, way, person, limits, on=day)
    return Ground(where=where(person, limits), hours=hours, person=person, limits=limits)


def fitted(
    wish: datetime, earliest: datetime | None, spans: Sequence[Span], clamp: timedelta
) -> datetime | None:
    """Move a wish into the nearest span, *clamp* before its end, yet never before *earliest*."""
    target, before = wish.timestamp(), int(clamp.total_seconds())
    lowest = -(-earliest.timestamp() // 1) if earliest is not None else 0
    best: int | None = None
    for start, end in spans:
        opens = max(start, int(lowest))
        if opens >= end:
            continue
        best = max(opens, end - before)
        if target <= best:  # inside, or before this span opens
            return moment(opens) if target < opens else wish
    return None if best is None else moment(best)
