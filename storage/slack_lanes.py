"""What Slack is owed, chosen first and claimed after, as its budget allows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.queues import IS_OPEN, IS_READY, promote
from storage.rows import Delivery, made
from storage.statuses import ASKING, READY, SENDING, SENT
from storage.tables import deliveries


async def due(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Delivery]:
    """List the heads of a lane whose time has come, oldest first, without claiming them."""
    which = (
        select(deliveries)
        .where(deliveries.c.lane == lane, IS_READY, deliveries.c.due_at <= now)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
    )
    return [made(Delivery, row) for row in await connection.execute(which)]


async def claim_these(connection: AsyncConnection, ids: Sequence[int]) -> list[Delivery]:
    """Mark these heads as being sent, those of them that still wait or are asked about."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state.in_((READY, ASKING)))
        .values(state=SENDING, tries=deliveries.c.tries + 1)
        .returning(*deliveries.c)
    )
    return sorted((made(Delivery, row) for row in result), key=lambda row: row.id)


async def note_code(connection: AsyncConnection, delivery_id: int, code: str) -> None:
    """Write on a delivery what its next look-up needs, a file's id, before the call that may be lost."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(code=code))


async def note_post(connection: AsyncConnection, delivery_id: int, ts: str) -> None:
    """Write on a delivery which post of ours tells of it."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(external_id=ts))


async def asking(connection: AsyncConnection, lane: str) -> list[Delivery]:
    """List the rows of a lane whose answer was lost, oldest first, due or not."""
    which = select(deliveries).where(deliveries.c.lane == lane, IS_OPEN, deliveries.c.state == ASKING)
    return [made(Delivery, row) for row in await connection.execute(which.order_by(deliveries.c.id))]


async def next_at(connection: AsyncConnection, lane: str, after: datetime) -> datetime | None:
    """Say when the lane's next head comes due after an instant."""
    which = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.lane == lane, IS_READY, deliveries.c.due_at > after
    )
    due_at: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return due_at


async def postpone(connection: AsyncConnection, ids: Sequence[int], due_at: datetime) -> None:
    """Let heads that were not claimed wait until an instant."""
    which = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == READY)
    await connection.execute(which.values(due_at=due_at))


async def behind(connection: AsyncConnection, head: Delivery, limit: int) -> list[Delivery]:
    """List the rows right behind a head in its queue, as long as they are of its kind."""
    which = select(deliveries).where(
        deliveries.c.lane == head.lane,
        deliveries.c.conversation_id == head.conversation_id,
        deliveries.c.id > head.id,
        IS_OPEN,
    )
    rows = [
        made(Delivery, row) for row in await connection.execute(which.order_by(deliveries.c.id).limit(limit))
    ]
    other = next((at for at, row in enumerate(rows) if row.kind != head.kind), len(rows))
    return rows[:other]


async def posted(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> bool:
    """Write that claimed rows stand in Slack, and let the next ones go; says whether any can."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state.in_((SENDING, ASKING)))
        .values(state=SENT, code="", reason="", ended_at=now)
        .returning(deliveries.c.lane, deliveries.c.conversation_id)
    )
    return await promote(connection, {(row.lane, row.conversation_id) for row in result})


async def owes(connection: AsyncConnection, lane: str, conversation_id: int) -> bool:
    """Whether the conversation is owed anything in a lane, what is being sent included."""
    which = select(deliveries.c.id).where(
        deliveries.c.lane == lane, deliveries.c.conversation_id == conversation_id, IS_OPEN
    )
    return (await connection.execute(which.limit(1))).first() is not None
