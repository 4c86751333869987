"""Questions about touches: plan them, find what is due, move them through their states."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import touch_log, touches
from storage.touch_rows import Step, TouchRow
from storage.touch_states import ENDS, EXPIRED, PLANNED, WAITING

UNDECIDED: Final = {"asked": "not_approved", "held": "taken_by_agent"}
"""Why a touch ends that waited for an agent's word, by what its approval is."""

# Written as literals: SQLite uses a partial index only for a condition it can read.
IS_WAITING: ColumnElement[bool] = touches.c.state.in_([literal_column(f"'{state}'") for state in WAITING])


async def one(connection: AsyncConnection, touch_id: int) -> TouchRow | None:
    """Find a touch."""
    row = (await connection.execute(select(touches).where(touches.c.id == touch_id))).one_or_none()
    return None if row is None else made(TouchRow, row)


async def many(connection: AsyncConnection, touch_ids: Sequence[int]) -> list[TouchRow]:
    """Find touches, in the order of *touch_ids*."""
    rows = await connection.execute(select(touches).where(touches.c.id.in_(touch_ids)))
    found = {row.id: made(TouchRow, row) for row in rows}
    return [found[key] for key in touch_ids if key in found]


async def due(
    connection: AsyncConnection,
    now: datetime,
    limit: int,
    kinds: Collection[str],
    full: Collection[str] = (),
) -> list[tuple[int, str]]:
    """List touches of *kinds* whose time has come, with their channels, the one that expires first before.

    Those planned over a channel that is *full* at this moment are left for later.
    """
    which = and_(IS_WAITING, touches.c.due_at <= now, touches.c.kind.in_(kinds))
    if full:
        which = and_(which, touches.c.channel.not_in(full))
    first = select(touches.c.id, touches.c.channel).where(which)
    rows = await connection.execute(first.order_by(touches.c.valid_until, touches.c.id).limit(limit))
    return [(row.id, row.channel) for row in rows]


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Say when the next touch is due, if any waits."""
    first = select(touches.c.due_at).where(IS_WAITING).order_by(touches.c.due_at).limit(1)
    found: datetime | None = (await connection.execute(first)).scalar_one_or_none()
    return found


async def move(
    connection: AsyncConnection,
    ids: Ids,
    row: TouchRow,
    state: str,
    now: datetime,
    *,
    reason: str = "",
    data: Any = None,
    **values: Any,
) -> bool:
    """Bring a touch into *state*, unless somebody changed it since *row* was read; logs the step."""
    values = {"ended_at": _ended(state, now), **values}
    result = await connection.execute(
        update(touches)
        .where(touches.c.id == row.id, touches.c.revision == row.revision)
        .values(state=state, reason=reason, revision=row.revision + 1, **values)
        .returning(touches.c.id)
    )
    if result.one_or_none() is None:
        return False
    await step(connection, ids, row.id, state, now, reason=reason, data=data)
    return True


async def step(
    connection: AsyncConnection,
    ids: Ids,
    touch_id: int,
    state: str,
    now: datetime,
    *,
    reason: str = "",
    data: Any = None,
) -> None:
    """Log a step."""
    line = {"id": ids.next(), "touch_id": touch_id, "at": now, "state": state, "reason": reason, "data": data}
    await connection.execute(touch_log.insert().values(line))


async def end_all(
    connection: AsyncConnection,
    ids: Ids,
    which: ColumnElement[bool],
    state: str,
    reason: str | ColumnElement[str],
    now: datetime,
    limit: int = 500,
    *,
    among: ColumnElement[bool] | None = None,
) -> int:
    """End every touch of *among* (else those that wait) that *which* names, at most *limit*; counts them."""
    chosen = select(touches.c.id).where(IS_WAITING if among is None else among, which).limit(limit)
    result = await connection.execute(
        update(touches)
        .where(touches.c.id.in_(chosen))
        .values(state=state, reason=reason, ended_at=now, revision=touches.c.revision + 1)
        .returning(touches.c.id, touches.c.reason)
    )
    lines = [
        {"id": ids.next(), "touch_id": row.id, "at": now, "state": state, "reason": row.reason, "data": None}
        for row in result
    ]
    if lines:
        await connection.execute(touch_log.insert(), lines)
    return len(lines)


async def any_over(connection: AsyncConnection, now: datetime) -> bool:
    """Whether something waits that may not leave any more."""
    which = select(touches.c.id).where(IS_WAITING, _is_over(now)).limit(1)
    return (await connection.execute(which)).first() is not None


def _is_over(now: datetime) -> ColumnElement[bool]:
    return and_(touches.c.due_at <= now, touches.c.valid_until <= now)


async def expire(
    connection: AsyncConnection,
    ids: Ids,
    now: datetime,
    reason: str,
    kinds: Collection[str] | None = None,
) -> int:
    """End what waits and may not leave any more; what nobody approved in time says so.

    What is of none of *kinds* was switched off.
    """
    over = _is_over(now)
    if kinds is not None:
        off = and_(over, touches.c.kind.not_in(kinds))
        if done := await end_all(connection, ids, off, EXPIRED, "touch_switched_off", now):
            return done
    for approval, why in UNDECIDED.items():
        which = and_(over, touches.c.approval == approval)
        if done := await end_all(connection, ids, which, EXPIRED, why, now):
            return done
    told = and_(touches.c.state != PLANNED, touches.c.reason.not_in(("", "not_due_yet")))
    own = case((told, touches.c.reason), else_=reason)  # what held it for too long is why it is too late
    return await end_all(connection, ids, over, EXPIRED, own if reason == EXPIRED else reason, now)


def _ended(state: str, now: datetime) -> datetime | None:
    return now if state in ENDS else None


async def log_of(connection: AsyncConnection, touch_id: int) -> list[Step]:
    """List a touch's steps, oldest first."""
    which = select(touch_log).where(touch_log.c.touch_id == touch_id).order_by(touch_log.c.id)
    return [made(Step, row) for row in await connection.execute(which)]


def one_of(kinds: Collection[str]) -> ColumnElement[bool]:
    """Name the touches of some kinds."""
    return or_(*(touches.c.kind == kind for kind in kinds)) if kinds else literal_column("1 = 0")
