"""Who has not bought for longer than they usually do, read along one index in stretches."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import sub
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Float, Select, and_, bindparam, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.instants import from_micros, to_micros
from storage.tables import orders
from storage.touch_rows import Candidate

STRETCH: Final = 8_000  # orders read at once: a few milliseconds, so that hooks need not wait
FEWEST: Final = 3  # orders that make two intervals; one interval is no habit

Late = tuple[int, int, int]
"""A customer, when their last order was placed and when they are overdue, in microseconds."""


async def stretch(connection: AsyncConnection, after: int) -> int | None:
    """Name the customer at whom a stretch behind *after* ends; None behind the last."""
    told = {"after": after}
    end: int | None = (await connection.execute(_behind(), told | {"stretch": STRETCH})).scalar_one_or_none()
    if end is None:
        end = (await connection.execute(_end(), told)).scalar_one_or_none()
    return end


@cache
def _behind() -> Select[Any]:
    which = select(orders.c.customer_id).where(orders.c.customer_id > bindparam("after", type_=BigInteger))
    return which.order_by(orders.c.customer_id).offset(bindparam("stretch", type_=BigInteger)).limit(1)


@cache
def _end() -> Select[Any]:
    return select(func.max(orders.c.customer_id)).where(
        orders.c.customer_id > bindparam("after", type_=BigInteger)
    )


async def overdue(
    connection: AsyncConnection,
    since: datetime,
    until: datetime,
    after: int,
    end: int,
    factor: float,
) -> list[Late]:
    """List the customers in (after, end] who become overdue in [since, until), by key.

    That is *factor* times their median interval after their last order. Half of the intervals are at
    least the median, which bounds it: that much the database sorts out by itself.
    """
    begin, close = to_micros(since), to_micros(until)
    told = {"since": begin - 1, "until": close, "after": after, "end": end, "factor": factor}
    rows = (await connection.execute(_may_be(connection.dialect.name), told)).all()
    found: list[Late] = []
    for (customer, _), placed in zip(rows, _counts([row[1] for row in rows]), strict=True):
        at = overdue_at(placed, factor)
        if at is not None and begin <= at < close:
            found.append((customer, max(placed), at))
    return found


async def followed(connection: AsyncConnection, found: Sequence[Late]) -> list[Candidate]:
    """Name the order that each follows; who has another last order by now is left to the next planning."""
    last = await _last_orders(connection, [customer for customer, _, _ in found])
    return [
        Candidate(
            customer_id=customer,
            cursor=(customer,),
            anchor_at=from_micros(at),
            anchor_ref=f"order {last[customer][1]}",
        )
        for customer, placed, at in found
        if customer in last and last[customer][0] == placed
    ]


def instant(placed: Iterable[datetime], factor: float) -> datetime | None:
    """Say when somebody who ordered at these times is overdue; None without a habit."""
    at = overdue_at([to_micros(one) for one in placed], factor)
    return None if at is None else from_micros(at)


def overdue_at(placed: Sequence[int], factor: float) -> int | None:
    """Say the same of whole microseconds, in which a hundred thousand customers take no time."""
    if len(placed) < FEWEST:
        return None
    when = sorted(placed)
    between = sorted(map(sub, when[1:], when))
    middle = len(between) // 2
    usual = between[middle] if len(between) % 2 else (between[middle - 1] + between[middle]) / 2
    return when[-1] + round(factor * usual) if usual else None


def _counts(placed: Sequence[Any]) -> Sequence[Sequence[int]]:
    """Read the instants of customers: texts on SQLite, which has no arrays, and all of them at once."""
    if placed and isinstance(placed[0], str):
        read: list[list[int]] = orjson.loads(f"[[{'],['.join(placed)}]]")
        return read
    return placed


async def _last_orders(connection: AsyncConnection, ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Tell when the last order of each customer was placed and its number; of two at once the later kept."""
    which = select(orders.c.customer_id, type_coerce(orders.c.placed_at, BigInteger), orders.c.number).where(
        among(connection, orders.c.customer_id, ids), orders.c.cancelled_at.is_(None)
    )
    rows = await connection.execute(which.order_by(orders.c.placed_at, orders.c.id))
    return {customer: (placed, number) for customer, placed, number in rows.all()}


@cache
def _may_be(dialect: str) -> Select[tuple[int, Any]]:
    """Choose by the index alone, with all their instants; sums are of whole microseconds."""
    since, until, after, end = (
        bindparam(name, type_=BigInteger) for name in ("since", "until", "after", "end")
    )
    factor = bindparam("factor", type_=Float)
    placed = type_coerce(orders.c.placed_at, BigInteger)
    first, last, number = func.min(placed), func.max(placed), func.count()
    # Of m intervals m // 2 + 1 together are at least so many medians: of an even number, the two in the
    # middle are two of them. m is number - 1.
    longest = last + cast(last - first, Float) * factor / ((number - 1) // 2 + 1)
    together: Any = func.array_agg(placed) if dialect == "postgresql" else func.group_concat(placed)
    return (
        select(orders.c.customer_id, together)
        .where(orders.c.customer_id > after, orders.c.customer_id <= end, orders.c.cancelled_at.is_(None))
        .group_by(orders.c.customer_id)
        .having(and_(number >= FEWEST, last < until, longest >= since))
        .order_by(orders.c.customer_id)
    )
