"""The ledger of touches, as pages and reports ask for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, and_, func, literal_column, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.comparing import is_alone
from storage.instants import MICROSECOND, from_micros
from storage.rows import made
from storage.tables import customers, orders, touches
from storage.touch_rows import TouchRow
from storage.touch_states import CONTROL, SENT

AN_HOUR: Final[Any] = literal_column("3600000000", BigInteger)  # one text, so that it can be grouped by


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many touches of a kind stand in one state for one reason, on one day where it was asked by day."""

    kind: str
    state: str
    reason: str
    number: int
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyers:
    """Of *people* touched or left out, how many bought within the days asked for, and for how much.

    *revenue* is in minor units by ISO 4217 currency.
    """

    people: int
    buyers: int
    revenue: Mapping[str, int]


async def of_customer(
    connection: AsyncConnection, customer_id: int, limit: int = 100, before: int | None = None
) -> list[TouchRow]:
    """List a customer's touches, newest first, behind the key *before*."""
    which = select(touches).where(touches.c.customer_id == customer_id)
    if before is not None:
        which = which.where(touches.c.id < before)
    rows = await connection.execute(which.order_by(touches.c.id.desc()).limit(limit))
    return [made(TouchRow, row) for row in rows]


async def by_messages(connection: AsyncConnection, message_ids: Collection[int]) -> dict[int, TouchRow]:
    """Say which of the messages are touches, by message: faces draw them as such."""
    which = select(touches).where(touches.c.message_id.in_(message_ids))
    return {row.message_id: made(TouchRow, row) for row in await connection.execute(which)}


async def of_day(
    connection: AsyncConnection, day: str, kind: str = "", limit: int = 200, after: int = 0
) -> list[tuple[TouchRow, str]]:
    """List the touches of a day like 2027-03-01 with their customers' names, by key behind *after*."""
    which = and_(touches.c.day == day, touches.c.id > after)
    if kind:
        which = and_(which, touches.c.kind == kind)
    rows = await connection.execute(
        select(touches, customers.c.name)
        .join(customers, customers.c.id == touches.c.customer_id)
        .where(which)
        .order_by(touches.c.id)
        .limit(limit)
    )
    return [(made(TouchRow, row), row.name) for row in rows]


async def of_days(connection: AsyncConnection, first: str, last: str) -> list[Counted]:
    """Count the touches of each day from *first* to *last* by kind, state and reason: a month at once."""
    columns = (touches.c.day, touches.c.kind, touches.c.state, touches.c.reason)
    rows = await connection.execute(
        select(*columns, func.count().label("number"))
        .where(touches.c.day >= first, touches.c.day <= last)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        Counted(day=row.day, kind=row.kind, state=row.state, reason=row.reason, number=row.number)
        for row in rows
    ]


async def of_kind(
    connection: AsyncConnection, kind: str, first: str = "", last: str = "9999"
) -> list[Counted]:
    """Count the touches of a kind by state and reason, for its report."""
    columns = (touches.c.kind, touches.c.state, touches.c.reason)
    rows = await connection.execute(
        select(*columns, func.count().label("number"))
        .where(touches.c.kind == kind, touches.c.day >= first, touches.c.day <= last)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Counted(kind=row.kind, state=row.state, reason=row.reason, number=row.number) for row in rows]


async def by_hour(
    connection: AsyncConnection, since: datetime, until: datetime
) -> list[tuple[datetime, str, int]]:
    """Count what is due in each hour of [since, until) by channel: (start of the hour, channel, number)."""
    due = type_coerce(touches.c.due_at, BigInteger)
    hour = due - due % AN_HOUR
    rows = await connection.execute(
        select(hour.label("hour"), touches.c.channel, func.count().label("number"))
        .where(touches.c.due_at >= since, touches.c.due_at < until)
        .group_by(hour, touches.c.channel)
        .order_by(hour, touches.c.channel)
    )
    return [(from_micros(row.hour), row.channel, row.number) for row in rows]


async def buyers(
    connection: AsyncConnection, kind: str, *, control: bool, within: timedelta, until: datetime
) -> Buyers:
    """Count who bought within a time of being touched, or of being left out at the due instant.

    People merged away are left out of both; who has two orders is one buyer; *until* is now.
    """
    state, at = (CONTROL, touches.c.ended_at) if control else (SENT, touches.c.handed_at)
    mine = and_(touches.c.kind == kind, touches.c.state == state, at.is_not(None), at <= until)
    alone = and_(customers.c.id == touches.c.customer_id, is_alone())
    people = select(func.count(touches.c.customer_id.distinct())).join(customers, alone).where(mine)
    late = type_coerce(at, BigInteger) + within // MICROSECOND
    bought = and_(
        orders.c.customer_id == touches.c.customer_id,
        orders.c.placed_at > at,
        type_coerce(orders.c.placed_at, BigInteger) <= late,
        orders.c.cancelled_at.is_(None),
    )
    joined = select(orders.c.id, orders.c.customer_id, orders.c.total, orders.c.currency).distinct()
    found = (
        await connection.execute(
            joined.select_from(touches.join(customers, alone).join(orders, bought)).where(mine)
        )
    ).all()
    return Buyers(
        people=int((await connection.execute(people)).scalar_one()),
        buyers=len({row.customer_id for row in found}),
        revenue=_sums(found),
    )


def _sums(rows: Sequence[Any]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        if row.currency:
            sums[row.currency] = sums.get(row.currency, 0) + row.total
    return sums
