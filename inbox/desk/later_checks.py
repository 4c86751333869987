"""What an agent should know before something is sent later: the customer's clock, hours and window then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bots.channel import Channel
from inbox.desk.promised import written
from inbox.desk.ways import carrier, window_of
from routing.allowed import is_allowed, law
from routing.touch import Limits, Person, Reachable, Way
from routing.zones import where
from storage import customers
from storage.database import Connection
from storage.rows import Address, Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """How a moment is at the customer's: what their clock shows, in words, and what speaks against it."""

    clock: str
    warnings: tuple[str, ...]


async def then(
    connection: Connection,
    channels: Mapping[str, Channel],
    limits: Limits | None,
    address_id: int,
    at: datetime,
) -> Then | None:
    """Look at the moment *at* at an address; None where there is no such address.

    Without *limits* of the house the day lasts from 8 to 21, as they say by default.
    """
    address = await customers.address(connection, address_id)
    customer = await customers.one(connection, address.customer_id) if address is not None else None
    if address is None or customer is None:
        return None
    limits = limits or Limits(zone="UTC")
    person = _person(customer, await customers.addresses_of(connection, customer.id))
    name, warnings = carrier(channels, address), []
    spec = channels[name].spec if name in channels else None
    there = where(person, limits)
    if spec is not None:
        way = Way(channel=name, kind=spec.kind, label=spec.label, phone=spec.phone, pushed=spec.pushed)
        hours = law(_reachable(address), way, person, limits, on=at.date())
        if not is_allowed(at, there, hours, person, margin=limits.guess_margin):
            warnings.append("That is outside the hours in which we write to them.")
        last, window = address.last_in_at, window_of(spec, address.address)
        if window is not None and (last is None or at - last > window):
            warnings.append(f"{spec.label} is closed by then: it leaves only if they have written anew.")
    zone = ZoneInfo(there.zones[0])
    guess = ", as far as we can tell" if there.guess or there.source == "account" else ""
    return Then(clock=f"{written(at, zone)} where they are ({zone.key}{guess})", warnings=tuple(warnings))


def _person(row: Customer, addresses: list[Address]) -> Person:
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = (_clock(row.quiet_from), _clock(row.quiet_until))
    return Person(
        id=row.id,
        own_zone=row.zone,
        device_zone=row.device_zone,
        region=row.region,
        country=row.country,
        quiet=quiet,
        addresses=tuple(_reachable(one) for one in addresses),
    )


def _reachable(one: Address) -> Reachable:
    return Reachable(id=one.id, address=one.address, channel=one.channel)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
