"""What agents decide about a delivery: send it again, drop it, say it arrived, reword it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.messages import refresh_status
from storage.queues import IS_READY, promote
from storage.statuses import ASKING, DROPPED, FAILED, PERHAPS, QUEUED, READY, SENT
from storage.tables import deliveries


async def send_again(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Owe a failed, dropped or perhaps sent delivery once more; its place in the order is kept.

    What is behind it and not yet on its way waits for it again. The first try's name at the provider
    is forgotten: what is still heard of it says nothing about the second.
    """
    return await _reopen(connection, delivery_id, (FAILED, DROPPED, PERHAPS), QUEUED, now)


async def drop(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Owe a delivery no more; one that is being sent at this moment cannot be dropped."""
    return await _reopen(connection, delivery_id, (QUEUED, READY, FAILED, PERHAPS, ASKING), DROPPED, now)


async def settle(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """An agent says that what was perhaps sent has arrived."""
    return await _reopen(connection, delivery_id, (PERHAPS,), SENT, now)


async def _reopen(
    connection: AsyncConnection, delivery_id: int, before: Sequence[str], after: str, now: datetime
) -> bool:
    values: dict[str, Any] = {"state": after, "ended_at": None if after == QUEUED else now}
    if after == QUEUED:
        values |= {"due_at": now, "owed_at": now, "tries": 0, "code": "", "reason": "", "external_id": None}
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(before))
        .values(**values)
        .returning(deliveries.c.lane, deliveries.c.conversation_id, deliveries.c.message_id)
    )
    row = result.one_or_none()
    if row is None:
        return False
    if after == QUEUED:
        await _wait_again(connection, row.lane, row.conversation_id)
    await promote(connection, [(row.lane, row.conversation_id)])
    if row.message_id is not None:
        await refresh_status(connection, [row.message_id], now)
    return True


async def _wait_again(connection: AsyncConnection, lane: str, conversation_id: int) -> None:
    """Put a head that nobody has begun to send back into its queue."""
    mine = and_(deliveries.c.lane == lane, deliveries.c.conversation_id == conversation_id, IS_READY)
    await connection.execute(update(deliveries).where(mine).values(state=QUEUED))


async def reword(connection: AsyncConnection, delivery_id: int, text: str) -> bool:
    """Change the text of a delivery that nobody has begun to send."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_((QUEUED, READY)))
        .values(text=text)
        .returning(deliveries.c.id)
    )
    return result.one_or_none() is not None
