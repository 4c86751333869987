"""What Slack is owed, chosen first and claimed after, as its budget allows.

The loop asks these at each turn: each is written once, for writing a statement costs more than asking it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.queues import IS_OPEN, IS_READY, promote
from storage.rows import Delivery, made
from storage.statuses import ASKING, QUEUED, READY, SENDING, SENT
from storage.tables import deliveries

IDS: ColumnElement[bool] = deliveries.c.id.in_(bindparam("ids", expanding=True))
IN_LANE: ColumnElement[bool] = deliveries.c.lane == bindparam("which_lane")
OF_ONE: ColumnElement[bool] = deliveries.c.conversation_id == bindparam("conversation")


async def due(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Delivery]:
    """List the heads of a lane whose time has come, oldest first, without claiming them."""
    wanted = {"which_lane": lane, "now": now, "most": limit}
    return [made(Delivery, row) for row in await connection.execute(_due(), wanted)]


@cache
def _due() -> Select[Any]:
    return (
        select(deliveries)
        .where(IN_LANE, IS_READY, deliveries.c.due_at <= bindparam("now"))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(bindparam("most"))
    )


async def claim_these(connection: AsyncConnection, ids: Sequence[int]) -> list[Delivery]:
    """Mark these heads as being sent, those of them that still wait or are asked about."""
    result = await connection.execute(_claim(READY, ASKING), {"ids": list(ids)})
    return sorted((made(Delivery, row) for row in result), key=lambda row: row.id)


async def claim_behind(connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Mark rows behind a claimed head as being sent with it; says which of them still wait."""
    result = await connection.execute(_claim(QUEUED, READY, ASKING), {"ids": list(ids)})
    return {row.id for row in result}


@cache
def _claim(*states: str) -> Update:
    return (
        update(deliveries)
        .where(IDS, deliveries.c.state.in_(states))
        .values(state=SENDING, tries=deliveries.c.tries + 1)
        .returning(*deliveries.c)
    )


async def note_code(connection: AsyncConnection, delivery_id: int, code: str) -> None:
    """Write on a delivery what its next look-up needs, a file's id, before the call that may be lost."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(code=code))


async def note_post(connection: AsyncConnection, delivery_id: int, ts: str) -> None:
    """Write on a delivery which post of ours tells of it."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(external_id=ts))


async def rows(connection: AsyncConnection, ids: Sequence[int]) -> list[Delivery]:
    """Read these rows as they are now; those that are gone are left out."""
    return [made(Delivery, row) for row in await connection.execute(_rows(), {"ids": list(ids)})]


@cache
def _rows() -> Select[Any]:
    return select(deliveries).where(IDS)


async def next_at(connection: AsyncConnection, lane: str, after: datetime) -> datetime | None:
    """Say when the lane's next head comes due after an instant."""
    wanted = {"which_lane": lane, "after": after}
    due_at: datetime | None = (await connection.execute(_next_at(), wanted)).scalar_one_or_none()
    return due_at


@cache
def _next_at() -> Select[Any]:
    which = select(func.min(deliveries.c.due_at))
    return which.where(IN_LANE, IS_READY, deliveries.c.due_at > bindparam("after"))


async def postpone(connection: AsyncConnection, ids: Sequence[int], due_at: datetime) -> None:
    """Let heads that were not claimed wait until an instant."""
    which = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == READY)
    await connection.execute(which.values(due_at=due_at))


async def behind(connection: AsyncConnection, head: Delivery, limit: int) -> list[Delivery]:
    """List the rows right behind a head in its queue, as long as they are of its kind."""
    wanted = {"which_lane": head.lane, "conversation": head.conversation_id, "head": head.id, "most": limit}
    rows = [made(Delivery, row) for row in await connection.execute(_behind(), wanted)]
    other = next((at for at, row in enumerate(rows) if row.kind != head.kind), len(rows))
    return rows[:other]


@cache
def _behind() -> Select[Any]:
    which = select(deliveries).where(IN_LANE, OF_ONE, deliveries.c.id > bindparam("head"), IS_OPEN)
    return which.order_by(deliveries.c.id).limit(bindparam("most"))


async def posted(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> bool:
    """Write that claimed rows stand in Slack, and let the next ones go; says whether any can."""
    result = await connection.execute(_posted(), {"ids": list(ids), "now": now})
    return await promote(connection, {(row.lane, row.conversation_id) for row in result})


@cache
def _posted() -> Update:
    return (
        update(deliveries)
        .where(IDS, deliveries.c.state.in_((SENDING, ASKING)))
        .values(state=SENT, code="", reason="", ended_at=bindparam("now"))
        .returning(deliveries.c.lane, deliveries.c.conversation_id)
    )


async def owes(connection: AsyncConnection, lane: str, conversation_id: int) -> bool:
    """Whether the conversation is owed anything in a lane, what is being sent included."""
    wanted = {"which_lane": lane, "conversation": conversation_id}
    return (await connection.execute(_owes(), wanted)).first() is not None


@cache
def _owes() -> Select[Any]:
    return select(deliveries.c.id).where(IN_LANE, OF_ONE, IS_OPEN).limit(1)
