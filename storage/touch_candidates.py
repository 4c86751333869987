"""Whom a touch may be for: pages by keyset, each from an index, so that memory stays flat.

Each question answers with at most *limit* candidates behind the cursor *after*.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import from_micros, to_micros
from storage.keeping_quiet import JOINED
from storage.tables import conversations, customer_events, customers, orders
from storage.touch_rows import Candidate

Cursor = tuple[int, ...]
TOLD: Final = ("number", "ref", "data")
"""What a candidate is told from besides its keys and its instant, where the table has it."""
IS_SOMEBODY = and_(customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))


async def birthdays(
    connection: AsyncConnection, month: int, day: int, after: Cursor, limit: int
) -> list[Candidate]:
    """List who is born on a day of the year, by key."""
    which = and_(customers.c.birth_month == month, customers.c.birth_day == day, IS_SOMEBODY)
    return await _somebody(connection, which, after, limit)


async def everybody(connection: AsyncConnection, after: Cursor, limit: int) -> list[Candidate]:
    """List all customers, by key."""
    return await _somebody(connection, IS_SOMEBODY, after, limit)


async def _somebody(
    connection: AsyncConnection, which: ColumnElement[bool], after: Cursor, limit: int
) -> list[Candidate]:
    if after:
        which = and_(which, customers.c.id > after[0])
    found = await connection.execute(
        select(customers.c.id).where(which).order_by(customers.c.id).limit(limit)
    )
    return [Candidate(customer_id=key, cursor=(key,)) for key in found.scalars().all()]


async def delivered(
    connection: AsyncConnection, since: datetime, until: datetime, after: Cursor, limit: int
) -> list[Candidate]:
    """List the orders delivered in [since, until)."""
    which = orders.c.cancelled_at.is_(None)
    rows = await _between(connection, orders.c.delivered_at, which, since, until, after, limit)
    return [_of_order(row, row.delivered_at) for row in rows]


async def closed(
    connection: AsyncConnection, since: datetime, until: datetime, after: Cursor, limit: int
) -> list[Candidate]:
    """List the conversations resolved in [since, until) in which the customer spoke, and not only to join."""
    which = and_(
        conversations.c.state == "resolved",
        conversations.c.merged_into.is_(None),  # it goes on in another
        conversations.c.last_in_at.is_not(None),
        conversations.c.resolve_reason != JOINED,
    )
    rows = await _between(connection, conversations.c.resolved_at, which, since, until, after, limit)
    return [_of_conversation(row, row.resolved_at) for row in rows]


async def unanswered(
    connection: AsyncConnection, since: datetime, until: datetime, after: Cursor, limit: int
) -> list[Candidate]:
    """List the open conversations whose last word, in [since, until), is ours."""
    open_ = and_(
        conversations.c.state == "open",
        conversations.c.waiting_since.is_(None),
        conversations.c.last_direction == "out",
    )
    rows = await _between(connection, conversations.c.last_at, open_, since, until, after, limit)
    return [_of_conversation(row, row.last_at) for row in rows]


async def rated(
    connection: AsyncConnection, since: datetime, until: datetime, after: Cursor, limit: int, least: int
) -> list[Candidate]:
    """List the ratings given in [since, until) that are at least *least*.

    The last candidate may be one that is not good enough, without a reference: it is only where the
    next page begins.
    """
    which = customer_events.c.kind == "rated"
    rows = await _between(connection, customer_events.c.at, which, since, until, after, limit)
    found = [
        Candidate(
            customer_id=row.customer_id,
            cursor=_cursor(row, row.at),
            anchor_at=row.at,
            anchor_ref=(row.ref or f"rating {row.id}") if _rating(row.data) >= least else "",
        )
        for row in rows
    ]
    return [one for one in found if one.anchor_ref or one is found[-1]]


def _rating(data: Any) -> float:
    """Read how good a rating is; what is no number is none."""
    value = data.get("rating") if isinstance(data, dict) else None
    return float(value) if isinstance(value, int | float) else -1.0


async def first_orders(
    connection: AsyncConnection, since: datetime, until: datetime, after: Cursor, limit: int
) -> list[Candidate]:
    """List the orders placed in [since, until) that are their customer's first; of two at once one."""
    before = orders.alias()
    sooner = select(before.c.id).where(
        before.c.customer_id == orders.c.customer_id,
        before.c.cancelled_at.is_(None),
        before.c.placed_at <= orders.c.placed_at,
        or_(before.c.placed_at < orders.c.placed_at, before.c.id < orders.c.id),
    )
    which = and_(orders.c.cancelled_at.is_(None), ~sooner.exists())
    rows = await _between(connection, orders.c.placed_at, which, since, until, after, limit)
    return [_of_order(row, row.placed_at) for row in rows]


async def oldest_order(connection: AsyncConnection) -> datetime | None:
    """Say when the first order of all was placed."""
    first = select(orders.c.placed_at).order_by(orders.c.placed_at, orders.c.id).limit(1)
    found: datetime | None = (await connection.execute(first)).scalar_one_or_none()
    return found


async def _between(
    connection: AsyncConnection,
    at: Any,
    which: ColumnElement[bool],
    since: datetime,
    until: datetime,
    after: Cursor,
    limit: int,
) -> Sequence[Any]:
    """Read rows of the table of *at* in the order of (at, id), behind the cursor."""
    table = at.table
    which = and_(which, at >= since, at < until)
    if after:
        last = from_micros(after[0])
        which = and_(which, at >= last, or_(at > last, table.c.id > after[1]))
    told = [table.c[name] for name in TOLD if name in table.c]
    asked = select(table.c.id, table.c.customer_id, at, *told).where(which)
    found = await connection.execute(asked.order_by(at, table.c.id).limit(limit))
    return found.all()


def _of_order(row: Any, at: datetime) -> Candidate:
    return Candidate(
        customer_id=row.customer_id,
        cursor=_cursor(row, at),
        anchor_at=at,
        anchor_ref=f"order {row.number}",
    )


def _of_conversation(row: Any, at: datetime) -> Candidate:
    return Candidate(
        customer_id=row.customer_id,
        cursor=_cursor(row, at),
        anchor_at=at,
        anchor_ref=f"conversation {row.id}",
    )


def _cursor(row: Any, at: datetime) -> Cursor:
    return (to_micros(at), row.id)
