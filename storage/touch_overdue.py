"""Who has not bought for longer than they usually do, read along one index in stretches."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import sub
from typing import Any, Final

from sqlalchemy import BigInteger, Float, Select, and_, bindparam, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.instants import from_micros, to_micros
from storage.tables import orders
from storage.touch_rows import Candidate

STRETCH: Final = 4_000  # orders read at once: a few milliseconds, so that hooks need not wait
FEWEST: Final = 3  # orders that make two intervals; one interval is no habit


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
) -> list[Candidate]:
    """List the customers in (after, end] who become overdue in [since, until), by key.

    That is *factor* times their median interval after their last order. Half of the intervals are at
    least the median, which bounds it: that much the database sorts out by itself.
    """
    begin, close = to_micros(since), to_micros(until)
    found: dict[int, int] = {}
    told = {"since": begin - 1, "until": close, "after": after, "end": end, "factor": factor}
    for customer, placed in (await connection.execute(_may_be(connection.dialect.name), told)).all():
        at = overdue_at(_counts(placed), factor)
        if at is not None and begin <= at < close:
            found[customer] = at
    last = await _last_orders(connection, found) if found else {}
    return [
        Candidate(customer_id=key, cursor=(key,), anchor_at=from_micros(at), anchor_ref=f"order {last[key]}")
        for key, at in found.items()
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


def _counts(placed: Any) -> list[int]:
    """Read the instants of one customer: a text on SQLite, which has no arrays."""
    return list(map(int, placed.split(","))) if isinstance(placed, str) else list(placed)


async def _last_orders(connection: AsyncConnection, ids: Collection[int]) -> dict[int, str]:
    """Name the last order of each customer; of two at once the later one kept."""
    which = select(orders.c.customer_id, orders.c.number).where(
        among(connection, orders.c.customer_id, ids), orders.c.cancelled_at.is_(None)
    )
    rows = await connection.execute(which.order_by(orders.c.placed_at, orders.c.id))
    return {customer: number for customer, number in rows.all()}  # noqa: C416


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
