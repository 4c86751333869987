"""All that is known of one customer, for an agent to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import conversations, customers, likely, looks, merging, orders, pins, preferences, promises
from storage.likely import Likely
from storage.looks import Look
from storage.merging import UNDO_WITHIN, Merge
from storage.orders import Order
from storage.promises import Promise
from storage.rows import Address, Conversation, Customer, Message

TALKS: Final = 5
ORDERS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Somebody who became one with the customer; *undoable* while it can be undone."""

    merge: Merge
    name: str
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A customer with what belongs to them, newest first; *held* is what they allow, by address and subject.

    *likely* are others with the same number or mailbox, *looks* who saw or changed this.
    """

    customer: Customer
    addresses: Sequence[Address]
    held: Mapping[tuple[int, str], bool]
    conversations: Sequence[Conversation]
    orders: Sequence[Order]
    promises: Sequence[Promise]
    pins: Sequence[Message]
    likely: Sequence[Likely]
    merged: Sequence[Merged]
    looks: Sequence[Look]


async def of(connection: AsyncConnection, customer_id: int, now: datetime) -> Profile | None:
    """Read a customer, or the one they became; None where there is none or they are erased."""
    customer = await preferences.standing(connection, customer_id)
    if customer is None or customer.erased_at is not None:
        return None
    key = customer.id
    return Profile(
        customer=customer,
        addresses=await customers.addresses_of(connection, key),
        held=await preferences.held(connection, key, now),
        conversations=await conversations.of_customer(connection, key, limit=TALKS),
        orders=await orders.of(connection, key, limit=ORDERS),
        promises=await promises.open_for_customer(connection, key),
        pins=await pins.of_customer(connection, key),
        likely=await likely.same(connection, key),
        merged=await _merged(connection, key, now),
        looks=await looks.of(connection, key, limit=20),
    )


async def _merged(connection: AsyncConnection, customer_id: int, now: datetime) -> list[Merged]:
    found = []
    for one in await merging.standing(connection, customer_id):
        other = await customers.one(connection, one.absorbed_id)
        in_time = now - one.at <= UNDO_WITHIN and bool(one.data)
        undoable = in_time and await merging.later(connection, one) is None
        found.append(Merged(merge=one, name=other.name if other else "", undoable=undoable))
    return found
