"""What a conversation is owed in a lane, in order: queue it, let its head go, claim it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import Delivery, made
from storage.statuses import ASKING, OPEN, QUEUED, READY, SENDING
from storage.tables import deliveries

# Written as literals: SQLite uses a partial index only for a condition it can read.
IS_READY: ColumnElement[bool] = deliveries.c.state == literal_column(f"'{READY}'")
IS_OPEN: ColumnElement[bool] = deliveries.c.state.in_([literal_column(f"'{state}'") for state in OPEN])

OUT = (SENDING, ASKING)
IS_OUT: ColumnElement[bool] = deliveries.c.state.in_([literal_column(f"'{state}'") for state in OUT])


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """Something to owe: *key* is unique, so that owing it twice owes it once."""

    lane: str
    kind: str
    conversation_id: int
    key: str
    due_at: datetime
    message_id: int | None = None
    attachment_id: int | None = None
    part: int = 0
    text: str = ""
    data: Any = None
    rank: int = 0


async def owe(connection: AsyncConnection, ids: Ids, rows: Sequence[OwedRow], now: datetime) -> None:
    """Queue each row behind what its conversation is owed in the same lane already."""
    if not rows:
        return
    values = [
        {
            "id": ids.next(),
            "lane": row.lane,
            "kind": row.kind,
            "conversation_id": row.conversation_id,
            "message_id": row.message_id,
            "attachment_id": row.attachment_id,
            "key": row.key,
            "part": row.part,
            "text": row.text,
            "data": row.data,
            "rank": row.rank,
            "state": QUEUED,
            "owed_at": now,
            "due_at": row.due_at,
        }
        for row in rows
    ]
    known = select(deliveries.c.key).where(deliveries.c.key.in_([row.key for row in rows]))
    here = set((await connection.execute(known)).scalars())
    values = [value for value in values if value["key"] not in here]
    if values:
        await connection.execute(deliveries.insert(), values)
    await promote(connection, {(row.lane, row.conversation_id) for row in rows})


async def promote(connection: AsyncConnection, queues: Iterable[tuple[str, int]]) -> bool:
    """Make the head of each (lane, conversation) ready, where nothing of it is on its way.

    Says whether any was.
    """
    lanes: dict[str, list[int]] = {}
    for lane, conversation_id in queues:
        lanes.setdefault(lane, []).append(conversation_id)
    any_was = False
    for lane, conversation_ids in sorted(lanes.items()):
        wanted = {"which_lane": lane, "conversations": sorted(conversation_ids)}
        any_was |= bool((await connection.execute(_promote(), wanted)).rowcount)
    return any_was


@cache
def _promote() -> Update:
    """Write the change once: each end of a delivery makes it, and writing it costs more than making it."""
    on_its_way = func.sum(case((deliveries.c.state == QUEUED, 0), else_=1))
    wanted = deliveries.c.conversation_id.in_(bindparam("conversations", expanding=True))
    heads = (
        select(func.min(deliveries.c.id))
        .where(deliveries.c.lane == bindparam("which_lane"), wanted, IS_OPEN)
        .group_by(deliveries.c.lane, deliveries.c.conversation_id)
        .having(on_its_way == 0)
    )
    return update(deliveries).where(deliveries.c.id.in_(heads)).values(state=READY)


async def claim(
    connection: AsyncConnection, lane: str, now: datetime, limit: int, resting: Iterable[int] = ()
) -> list[Delivery]:
    """Take the heads of a lane that are due, replies before bulk, and mark them sending.

    The conversations that are *resting* had something a moment ago and wait.
    """
    wanted = {"which_lane": lane, "now": now, "most": limit, "tired": list(resting)}
    result = await connection.execute(_claim(connection.dialect.name), wanted)
    rows = [made(Delivery, row) for row in result]
    return sorted(rows, key=lambda row: (row.rank, row.due_at, row.id))


@cache
def _claim(dialect: str) -> Update:
    """Write the change once: each turn of an outbox makes it.

    To SQLite the time is an expression: else it reads all that is due by the index of times, and sorts it.
    """
    at = deliveries.c.due_at
    due_at = type_coerce(at + literal_column("0"), at.type) if dialect == "sqlite" else at
    due = (
        select(deliveries.c.id)
        .where(
            deliveries.c.lane == bindparam("which_lane"),
            IS_READY,
            due_at <= bindparam("now"),
            deliveries.c.conversation_id.not_in(bindparam("tired", expanding=True)),
        )
        .order_by(deliveries.c.rank, deliveries.c.due_at, deliveries.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(due))
        .values(state=SENDING, tries=deliveries.c.tries + 1)
        .returning(*deliveries.c)
    )


async def owed_ahead(connection: AsyncConnection, lane: str, after: datetime) -> bool:
    """Whether a head of the lane was owed later than *after*, by another node's clock that is ahead."""
    which = select(deliveries.c.id).where(
        deliveries.c.lane == lane, IS_READY, deliveries.c.due_at > after, deliveries.c.owed_at > after
    )
    return (await connection.execute(which.limit(1))).one_or_none() is not None


async def bring_back(connection: AsyncConnection, lane: str, after: datetime, now: datetime) -> None:
    """Count what was owed later than *after* as owed *now*, and due as long after as it was meant to be."""
    owed, due = deliveries.c.owed_at, deliveries.c.due_at
    which = select(deliveries.c.id, owed, due).where(deliveries.c.lane == lane, IS_OPEN, owed > after)
    for key, owed_at, due_at in (await connection.execute(which)).all():
        values = {"owed_at": now, "due_at": now + max(due_at - owed_at, timedelta())}
        await connection.execute(update(deliveries).where(deliveries.c.id == key).values(values))


async def come_sooner(connection: AsyncConnection, lane: str, now: datetime, by: timedelta) -> None:
    """The clock stepped back *by* so much: what was due by the old one is due as soon by the new."""
    which = and_(deliveries.c.lane == lane, IS_OPEN, deliveries.c.due_at > now)
    waiting = await connection.execute(select(deliveries.c.id, deliveries.c.due_at).where(which))
    for key, due in waiting.all():
        change = update(deliveries).where(deliveries.c.id == key).values(due_at=max(due - by, now))
        await connection.execute(change)
