"""Questions about what customers bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; *number* is the shop's, *total* in minor units of *currency*."""

    id: int
    customer_id: int
    number: str
    placed_at: datetime
    delivered_at: datetime | None
    returned_at: datetime | None
    cancelled_at: datetime | None
    total: int
    currency: str
    summary: str
    changed_at: datetime


async def by_number(connection: AsyncConnection, number: str) -> Order | None:
    """Find an order by the shop's number."""
    row = (await connection.execute(select(orders).where(orders.c.number == number))).one_or_none()
    return None if row is None else made(Order, row)


async def by_numbers(connection: AsyncConnection, numbers: Collection[str]) -> dict[str, Order]:
    """Find orders by the shop's numbers."""
    which = select(orders).where(orders.c.number.in_(numbers))
    return {row.number: made(Order, row) for row in await connection.execute(which)}


async def of(connection: AsyncConnection, customer_id: int, limit: int = 50) -> list[Order]:
    """List a customer's orders, newest first."""
    wanted = {"customer": customer_id, "most": limit}
    return [made(Order, row) for row in await connection.execute(_of(), wanted)]


@cache
def _of() -> Select[Any]:
    which = select(orders).where(orders.c.customer_id == bindparam("customer"))
    return which.order_by(orders.c.placed_at.desc()).limit(bindparam("most"))
