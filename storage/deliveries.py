"""Questions about what is owed: what waits, what failed, what a message became."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.queues import IS_OPEN, IS_READY
from storage.rows import Delivery, made
from storage.statuses import ASKING, FAILED, PERHAPS, QUEUED, READY
from storage.tables import deliveries

STUCK = (FAILED, PERHAPS)
IS_STUCK: ColumnElement[bool] = deliveries.c.state.in_([literal_column(f"'{state}'") for state in STUCK])
# As expressions: else SQLite takes the index that has the order, and reads the whole table by it.
BY_KEY: ColumnElement[int] = deliveries.c.id + literal_column("0")
BY_LANE: ColumnElement[str] = deliveries.c.lane.concat(literal_column("''"))
IN_LANE: ColumnElement[bool] = deliveries.c.lane == bindparam("which_lane")
# With the condition of the index of open rows, of which there are few, so that SQLite uses it.
IS_ASKING: ColumnElement[bool] = and_(IS_OPEN, deliveries.c.state == literal_column(f"'{ASKING}'"))


async def to_ask(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Delivery]:
    """List the rows of *lane* whose lost answer is due to be looked up."""
    wanted = {"which_lane": lane, "now": now, "most": limit}
    return [made(Delivery, row) for row in await connection.execute(_to_ask(), wanted)]


@cache
def _to_ask() -> Select[Any]:
    which = select(deliveries).where(IN_LANE, IS_ASKING, deliveries.c.due_at <= bindparam("now"))
    return which.order_by(deliveries.c.id).limit(bindparam("most"))


async def next_due(connection: AsyncConnection, lane: str) -> datetime | None:
    """Say when the lane has something to do next, if anything waits."""
    return min((due for due in await dues(connection, lane) if due is not None), default=None)


async def dues(connection: AsyncConnection, lane: str) -> tuple[datetime | None, datetime | None]:
    """Say when something of *lane* is due to be sent, and when something is due to be looked up."""
    to_send, to_ask = (await connection.execute(_dues(), {"which_lane": lane})).one()
    return to_send, to_ask


@cache
def _dues() -> Select[Any]:
    first = func.min(deliveries.c.due_at)
    to_send = select(first).where(IN_LANE, IS_READY).scalar_subquery()
    to_ask = select(first).where(IN_LANE, IS_ASKING).scalar_subquery()
    return select(to_send, to_ask)


async def owed(connection: AsyncConnection, limit: int = 100) -> list[Delivery]:
    """List what is owed and what failed, oldest first."""
    found = []
    for which in (IS_OPEN, IS_STUCK):  # each has its own index; of both at once SQLite uses none
        rows = await connection.execute(select(deliveries).where(which).order_by(BY_KEY).limit(limit))
        found += [made(Delivery, row) for row in rows]
    return sorted(found, key=lambda row: row.id)[:limit]


async def one(connection: AsyncConnection, delivery_id: int) -> Delivery | None:
    """Find a delivery."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).one_or_none()
    return None if row is None else made(Delivery, row)


async def of_message(connection: AsyncConnection, message_id: int) -> list[Delivery]:
    """List the deliveries of a message, in order."""
    which = select(deliveries).where(deliveries.c.message_id == message_id).order_by(deliveries.c.id)
    return [made(Delivery, row) for row in await connection.execute(which)]


async def by_key(connection: AsyncConnection, key: str) -> Delivery | None:
    """Find a delivery by its key."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.key == key))).one_or_none()
    return None if row is None else made(Delivery, row)


async def is_anothers(connection: AsyncConnection, lane: str, external_id: str, delivery_id: int) -> bool:
    """Whether another delivery of *lane* than this one bears that name at the provider."""
    which = select(deliveries.c.id).where(
        deliveries.c.lane == lane, deliveries.c.external_id == external_id, deliveries.c.id != delivery_id
    )
    return (await connection.execute(which.limit(1))).one_or_none() is not None


async def waits(connection: AsyncConnection, lane: str, conversation_id: int) -> bool:
    """Whether the conversation is owed something in *lane* that nobody has begun to send."""
    return conversation_id in await who_waits(connection, lane, [conversation_id])


async def who_waits(connection: AsyncConnection, lane: str, conversation_ids: Sequence[int]) -> set[int]:
    """Say which of the conversations are owed something in *lane* that nobody has begun to send."""
    which = select(deliveries.c.conversation_id).where(
        deliveries.c.lane == lane,
        deliveries.c.conversation_id.in_(conversation_ids),
        IS_OPEN,
        deliveries.c.state.in_((QUEUED, READY)),
    )
    return set((await connection.execute(which)).scalars())


async def counts(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    """Count what is open or dead, by lane and state."""
    counted = {}
    for which in (IS_OPEN, IS_STUCK):  # each has its own index; of both at once SQLite uses none
        asked = select(BY_LANE, deliveries.c.state, func.count()).where(which)
        rows = await connection.execute(asked.group_by(BY_LANE, deliveries.c.state))
        counted.update({(lane, state): number for lane, state, number in rows})
    return counted
