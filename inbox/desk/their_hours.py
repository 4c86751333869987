"""The customer's own clock, and the hours in which something may reach them there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bots.channel import Spec
from routing.allowed import is_allowed, law, next_allowed
from routing.touch import Hours, Limits, Person, Reachable, Way, Where
from routing.zones import where
from storage.rows import Address, Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Who a customer is to the rules of hours, and where."""

    person: Person
    limits: Limits
    where: Where

    @property
    def zone(self) -> ZoneInfo:
        """The zone of their clock, or the first where they may be in several."""
        return ZoneInfo(self.where.zones[0])

    @property
    def is_guess(self) -> bool:
        """Whether their clock may be another one altogether."""
        return self.where.guess or self.where.source == "account"

    def clock(self, at: datetime) -> str:
        """Write what their clock shows: 23:40, or 22:40 or 23:40 where they may be in several zones."""
        seen = sorted((at.astimezone(ZoneInfo(name)) for name in self.where.zones), key=_wall)
        shown = list(dict.fromkeys(f"{one:%H:%M}" for one in seen))
        return " or ".join(shown) if len(shown) < 3 else f"between {shown[0]} and {shown[-1]}"

    def allowed(self, at: datetime, address: Address, channel: str, spec: Spec) -> bool:
        """Whether *at* is inside the hours of the law and their own, at an address over a channel."""
        hours = self._hours(at, address, channel, spec)
        return is_allowed(at, self.where, hours, self.person, margin=self.limits.guess_margin)

    def first_allowed(
        self, at: datetime, until: datetime, address: Address, channel: str, spec: Spec
    ) -> datetime | None:
        """Give the first such instant from *at* on and before *until*; None where there is none."""
        hours = self._hours(at, address, channel, spec)
        return next_allowed(at, until, self.where, hours, self.person, margin=self.limits.guess_margin)

    def _hours(self, at: datetime, address: Address, channel: str, spec: Spec) -> Hours:
        way = Way(channel=channel, kind=spec.kind, label=spec.label, phone=spec.phone, pushed=spec.pushed)
        return law(_reachable(address), way, self.person, self.limits, on=at.date())


def theirs(customer: Customer, addresses: Sequence[Address], limits: Limits | None = None) -> Theirs:
    """Read it from rows; without *limits* of the house the day lasts from 8 to 21, as they say by default."""
    limits = limits or Limits(zone="UTC")
    quiet = None
    if customer.quiet_from is not None and customer.quiet_until is not None:
        quiet = (_clock(customer.quiet_from), _clock(customer.quiet_until))
    person = Person(
        id=customer.id,
        own_zone=customer.zone,
        device_zone=customer.device_zone,
        region=customer.region,
        country=customer.country,
        quiet=quiet,
        addresses=tuple(_reachable(one) for one in addresses),
    )
    return Theirs(person=person, limits=limits, where=where(person, limits))


def _reachable(one: Address) -> Reachable:
    return Reachable(id=one.id, address=one.address, channel=one.channel)


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
