"""What a scenario has in store, in the order in which it comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inbox.touches.scenario_parts import CustomerPart, EventPart, OrderPart, ScenarioPart

HOUR: Final = timedelta(hours=1)
BEFORE: Final = timedelta(days=1)
TO_COME: Final = {"delivered_at": "delivered", "returned_at": "returned", "cancelled_at": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that comes at an instant; without a part a copy of the database is made."""

    at: datetime
    part: EventPart | CustomerPart | OrderPart | None


def timeline(part: ScenarioPart) -> list[Due]:
    """List all that comes while a scenario lasts; of what comes together people are first, then orders."""
    return sorted(_to_come(part), key=lambda due: (due.at, _rank(due)))


def _rank(due: Due) -> int:
    return next((n for n, kind in enumerate((CustomerPart, OrderPart)) if isinstance(due.part, kind)), 2)


def _to_come(part: ScenarioPart) -> Iterator[Due]:
    begin = part.clock.from_
    for customer in part.customers:
        if customer.created_at is not None and customer.created_at > begin:
            yield Due(at=customer.created_at, part=customer)
        if customer.merged_into:
            at = customer.merged_at or begin
            merged = EventPart(at=at, kind="merged", customer=customer.id, into=customer.merged_into)
            yield Due(at=at, part=merged)
    for order in part.orders:
        if order.placed_at > begin:
            yield Due(at=order.placed_at, part=order)
        for name, kind in TO_COME.items():
            at = getattr(order, name)
            if at is not None and at > begin:
                event = EventPart(at=at, kind=kind, order=order.number, customer=order.customer)
                yield Due(at=at, part=event)
    for event in part.events:
        yield Due(at=event.at, part=event)
        if event.kind == "restore":
            yield Due(at=event.of or begin, part=None)


def written_before(part: ScenarioPart) -> list[EventPart]:
    """List what customers wrote in the 90 days before it begins, and the ends of those matters."""
    found = []
    for customer in part.customers:
        ends = []
        for address in customer.addresses:
            last = address.last_in_at or part.clock.from_ - BEFORE
            for number in range(address.written):
                at = last - number * HOUR
                found.append(_said(customer.id, address.address, at))
            ends += [last] if address.written else []
        if ends:
            found.append(EventPart(at=max(ends) + HOUR / 60, kind="closed", customer=customer.id))
    return sorted(found, key=lambda event: event.at)


def _said(customer: str, address: str, at: datetime) -> EventPart:
    return EventPart(at=at, kind="says", customer=customer, address=address)
