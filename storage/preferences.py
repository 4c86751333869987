"""Questions of the page on which customers see and change what they get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import customers
from storage.consents import Consent
from storage.ids import Ids
from storage.rows import Address, Customer, made
from storage.tables import addresses, allowances, consents, customer_events, orders
from storage.tables import customers as people

ASKED: Final = "erase_asked"
WITHDRAWN: Final = "erase_withdrawn"
JOINS: Final = 10
"""So many joined customers in a row are followed to the one that stands for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a customer's page shows.

    *allowed* is what holds, by address and subject; what ran out is left out. *last* is the newest
    permission; *erase_at* is when they asked to be erased, if they did.
    """

    customer: Customer
    addresses: Sequence[Address]
    allowed: Mapping[tuple[int, str], bool]
    orders: int
    orders_since: datetime | None
    last: Consent | None
    erase_at: datetime | None


async def known(connection: AsyncConnection, customer_id: int, now: datetime) -> Known | None:
    """Read what is known of a customer, or of the one they were joined to; None if none or erased."""
    customer = await standing(connection, customer_id)
    if customer is None or customer.erased_at is not None:
        return None
    placed = select(func.count(), func.min(orders.c.placed_at)).where(
        orders.c.customer_id == customer.id, orders.c.cancelled_at.is_(None)
    )
    number, since = (await connection.execute(placed)).one()
    return Known(
        customer=customer,
        addresses=await customers.addresses_of(connection, customer.id),
        allowed=await held(connection, customer.id, now),
        orders=number,
        orders_since=since,
        last=await _last_yes(connection, customer.id),
        erase_at=await erasure_asked(connection, customer.id),
    )


async def standing(connection: AsyncConnection, customer_id: int) -> Customer | None:
    """Find a customer, or the one that stands for them since they were joined."""
    customer = await customers.one(connection, customer_id)
    for _ in range(JOINS):
        if customer is None or customer.merged_into is None:
            break
        customer = await customers.one(connection, customer.merged_into)
    return customer


async def named(connection: AsyncConnection, text: str) -> Customer | None:
    """Find a customer by key, by the shop's number for them or by an address like tel:+351912345408."""
    address = await customers.by_address(connection, text)
    if address is not None:
        return await standing(connection, address.customer_id)
    by_ref = select(people.c.id).where(people.c.ref == text)
    found = (await connection.execute(by_ref)).scalar_one_or_none()
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return await standing(connection, found or key)


async def held(connection: AsyncConnection, customer_id: int, now: datetime) -> dict[tuple[int, str], bool]:
    """Say what holds at *now* at a customer's addresses, by address and subject."""
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    which = select(allowances).where(
        allowances.c.address_id.in_(mine), or_(allowances.c.until.is_(None), allowances.c.until > now)
    )
    return {(row.address_id, row.subject): row.allowed for row in await connection.execute(which)}


async def _last_yes(connection: AsyncConnection, customer_id: int) -> Consent | None:
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    which = select(consents).where(consents.c.address_id.in_(mine), consents.c.word == "yes")
    row = (await connection.execute(which.order_by(consents.c.at.desc(), consents.c.id.desc()))).first()
    return None if row is None else made(Consent, row)


async def ask_erasure(connection: AsyncConnection, ids: Ids, customer_id: int, now: datetime) -> bool:
    """Remember that a customer asked to be erased; returns whether they had not before."""
    if await erasure_asked(connection, customer_id) is not None:
        return False
    await _event(connection, ids, customer_id, ASKED, now)
    return True


async def withdraw_erasure(connection: AsyncConnection, ids: Ids, customer_id: int, now: datetime) -> bool:
    """Remember that they thought better of it; returns whether there was something to take back."""
    if await erasure_asked(connection, customer_id) is None:
        return False
    await _event(connection, ids, customer_id, WITHDRAWN, now)
    return True


async def erasure_asked(connection: AsyncConnection, customer_id: int) -> datetime | None:
    """Say since when a customer waits to be erased."""
    which = (
        select(customer_events.c.kind, customer_events.c.at)
        .where(customer_events.c.customer_id == customer_id, customer_events.c.kind.in_((ASKED, WITHDRAWN)))
        .order_by(customer_events.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(which)).first()
    return row.at if row is not None and row.kind == ASKED else None


async def erasures_due(connection: AsyncConnection, before: datetime, limit: int = 100) -> list[int]:
    """List the customers who asked at or before an instant and are not erased yet, oldest first."""
    later = customer_events.alias()
    taken_back = select(later.c.id).where(
        later.c.customer_id == customer_events.c.customer_id,
        later.c.kind == WITHDRAWN,
        later.c.id > customer_events.c.id,
    )
    which = (
        select(customer_events.c.customer_id)
        .join(people, people.c.id == customer_events.c.customer_id)
        .where(
            customer_events.c.kind == ASKED,
            customer_events.c.at <= before,
            people.c.erased_at.is_(None),
            ~taken_back.exists(),
        )
        .order_by(customer_events.c.at, customer_events.c.id)
        .limit(limit)
    )
    return list((await connection.execute(which)).scalars())


async def _event(connection: AsyncConnection, ids: Ids, customer_id: int, kind: str, now: datetime) -> None:
    row = {"id": ids.next(), "customer_id": customer_id, "kind": kind, "at": now, "ref": ""}
    await connection.execute(customer_events.insert().values(row))
