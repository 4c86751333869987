"""Who has not bought for longer than they usually do, read along one index in stretches."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import BigInteger, Float, Select, and_, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import to_micros
from storage.tables import orders
from storage.touch_rows import Candidate

STRETCH: Final = 4_000  # orders read at once: a few milliseconds, so that hooks need not wait
FEWEST: Final = 3  # orders that make two intervals; one interval is no habit


async def stretch(connection: AsyncConnection, after: int) -> int | None:
    """Name the customer at whom a stretch behind *after* ends; None behind the last."""
    behind = select(orders.c.customer_id).where(orders.c.customer_id > after).order_by(orders.c.customer_id)
    end: int | None = (await connection.execute(behind.offset(STRETCH).limit(1))).scalar_one_or_none()
    if end is None:
        last = select(func.max(orders.c.customer_id)).where(orders.c.customer_id > after)
        end = (await connection.execute(last)).scalar_one_or_none()
    return end


async def overdue(
    connection: AsyncConnection,
    since: datetime,
    until: datetime,
    after: int,
    end: int,
    factor: float,
) -> list[Candidate]:
    """List the customers in (after, end] who become overdue in [since, until).

    That is *factor* times their median interval after their last order. Half of the intervals are at
    least the median, so it is at most the whole time over half their number: that much the database
    sorts out by itself.
    """
    found = await connection.execute(_may_be(since, until, after, end, factor))
    ids = [row.customer_id for row in found]
    when: dict[int, list[tuple[datetime, str]]] = {key: [] for key in ids}
    which = select(orders.c.customer_id, orders.c.placed_at, orders.c.number).where(
        orders.c.customer_id.in_(ids), orders.c.cancelled_at.is_(None)
    )
    for customer, at, number in await connection.execute(which.order_by(orders.c.placed_at, orders.c.id)):
        when[customer].append((at, number))
    made = [
        Candidate(customer_id=key, cursor=(key,), anchor_at=at, anchor_ref=f"order {placed[-1][1]}")
        for key, placed in when.items()
        if (at := instant([one for one, _ in placed], factor)) is not None and since <= at < until
    ]
    return sorted(made, key=lambda one: one.customer_id)


def instant(placed: Sequence[datetime], factor: float) -> datetime | None:
    """Say when somebody who ordered at these times, oldest first, is overdue; None without a habit."""
    if len(placed) < FEWEST:
        return None
    between = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(placed)]
    usual = timedelta(seconds=median(between))
    return placed[-1] + factor * usual if usual else None


def _may_be(since: datetime, until: datetime, after: int, end: int, factor: float) -> Select[tuple[int]]:
    """Choose by the index alone; sums are of whole microseconds."""
    placed = type_coerce(orders.c.placed_at, BigInteger)
    first, last, number = func.min(placed), func.max(placed), func.count()
    # Of number - 1 intervals at least (number - 1) / 2 are as long as the median or longer.
    longest = last + cast(last - first, Float) * (2 * factor) / (number - 1)
    return (
        select(orders.c.customer_id)
        .where(orders.c.customer_id > after, orders.c.customer_id <= end, orders.c.cancelled_at.is_(None))
        .group_by(orders.c.customer_id)
        .having(and_(number >= FEWEST, last < to_micros(until), longest >= to_micros(since)))
        .order_by(orders.c.customer_id)
    )
