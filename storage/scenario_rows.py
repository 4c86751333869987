"""Rows of a scenario that is tried out: whom we know, what they bought, and what became of touches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import addresses, conversations, customer_events, customers, orders, touch_log, touches
from storage.touch_rows import Step, TouchRow
from storage.touch_states import HANDED_OFF, WAITING


async def add_customer(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Keep a customer; *values* are named like the columns."""
    await connection.execute(customers.insert().values(**values))


async def add_address(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Keep an address."""
    await connection.execute(addresses.insert().values(**values))


async def add_order(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Keep an order."""
    await connection.execute(orders.insert().values(**values))


async def change_order(connection: AsyncConnection, number: str, **values: Any) -> None:
    """Set columns of an order."""
    await connection.execute(update(orders).where(orders.c.number == number).values(**values))


async def change_address(connection: AsyncConnection, address_id: int, **values: Any) -> None:
    """Set columns of an address."""
    await connection.execute(update(addresses).where(addresses.c.id == address_id).values(**values))


async def happen(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Keep what befell a customer outside of messages."""
    await connection.execute(customer_events.insert().values(**values))


async def merge(connection: AsyncConnection, gone: int, into: int) -> None:
    """Make two customers one: addresses, orders and conversations go over, touches keep their own ledger."""
    for table in (addresses, orders, customer_events):
        await connection.execute(update(table).where(table.c.customer_id == gone).values(customer_id=into))
    over = update(conversations).where(conversations.c.customer_id == gone)
    await connection.execute(over.where(conversations.c.state == "resolved").values(customer_id=into))
    await connection.execute(update(customers).where(customers.c.id == gone).values(merged_into=into))


async def next_look(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Say at which instant after *now* a touch is due, or one that waits is over."""
    due = select(func.min(touches.c.due_at)).where(touches.c.state.in_(WAITING), touches.c.due_at > now)
    over = select(func.min(touches.c.valid_until)).where(
        touches.c.state.in_((*WAITING, HANDED_OFF)), touches.c.due_at <= now, touches.c.valid_until > now
    )
    found = [(await connection.execute(which)).scalar_one_or_none() for which in (due, over)]
    return min((at for at in found if at is not None), default=None)


async def every_touch(connection: AsyncConnection) -> list[TouchRow]:
    """List every touch in the order of its customer's day."""
    rows = await connection.execute(select(touches).order_by(touches.c.day, touches.c.due_at, touches.c.id))
    return [made(TouchRow, row) for row in rows]


async def every_step(connection: AsyncConnection) -> dict[int, list[Step]]:
    """List the steps of every touch, oldest first, by its key."""
    found: dict[int, list[Step]] = {}
    for row in await connection.execute(select(touch_log).order_by(touch_log.c.id)):
        found.setdefault(row.touch_id, []).append(made(Step, row))
    return found
