"""Questions about customers and their addresses."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import by, row_by
from storage.rows import Address, Customer, made
from storage.tables import addresses, customers


async def one(connection: AsyncConnection, customer_id: int) -> Customer | None:
    """Find a customer."""
    row = await row_by(connection, customers.c.id, customer_id)
    return None if row is None else made(Customer, row)


async def address(connection: AsyncConnection, address_id: int) -> Address | None:
    """Find an address."""
    row = await row_by(connection, addresses.c.id, address_id)
    return None if row is None else made(Address, row)


async def addresses_among(connection: AsyncConnection, address_ids: Sequence[int]) -> list[Address]:
    """Find addresses, in no order."""
    rows = await connection.execute(_addresses_among(), {"ids": list(address_ids)})
    return [made(Address, row) for row in rows]


@cache
def _addresses_among() -> Select[Any]:
    """Write the question once: each turn of an outbox asks it."""
    return select(addresses).where(addresses.c.id.in_(bindparam("ids", expanding=True)))


async def by_address(connection: AsyncConnection, text: str) -> Address | None:
    """Find an address by how it is written, `tel:+34600123456`."""
    row = (await connection.execute(select(addresses).where(addresses.c.address == text))).one_or_none()
    return None if row is None else made(Address, row)


async def addresses_of(connection: AsyncConnection, customer_id: int) -> list[Address]:
    """List a customer's addresses, oldest first."""
    which = by(addresses.c.customer_id, addresses.c.id)
    return [made(Address, row) for row in await connection.execute(which, {"wanted": customer_id})]


async def change(connection: AsyncConnection, customer_id: int, **values: Any) -> None:
    """Set columns of a customer."""
    await connection.execute(update(customers).where(customers.c.id == customer_id).values(**values))


async def stop(connection: AsyncConnection, address_id: int, source: str, now: Any) -> None:
    """Record that the provider says the customer stopped, whatever we believed."""
    await connection.execute(
        update(addresses)
        .where(addresses.c.id == address_id, addresses.c.stopped_at.is_(None))
        .values(stopped_at=now, stop_source=source)
    )
