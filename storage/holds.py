"""Questions about holds: why nothing is to be sent to a customer for now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import by
from storage.ids import Ids
from storage.rows import made
from storage.tables import holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason to send nothing, of *kind* complaint or agent, until *ended_at*."""

    id: int
    customer_id: int
    kind: str
    since: datetime
    ended_at: datetime | None
    conversation_id: int | None
    agent_id: int | None
    reason: str
    source: str


async def begin(
    connection: AsyncConnection,
    ids: Ids,
    customer_id: int,
    kind: str,
    now: datetime,
    *,
    conversation_id: int | None = None,
    agent_id: int | None = None,
    reason: str = "",
    source: str = "",
) -> int:
    """Hold a customer's touches; returns the hold, the one that goes on where there is one of its kind."""
    going_on = and_(holds.c.customer_id == customer_id, holds.c.kind == kind, holds.c.ended_at.is_(None))
    known: int | None = (
        await connection.execute(select(holds.c.id).where(going_on).limit(1))
    ).scalar_one_or_none()
    if known is not None:
        return known
    key = ids.next()
    values = {
        "id": key,
        "customer_id": customer_id,
        "kind": kind,
        "since": now,
        "conversation_id": conversation_id,
        "agent_id": agent_id,
        "reason": reason,
        "source": source,
    }
    await connection.execute(holds.insert().values(**values))
    return key


async def end(connection: AsyncConnection, customer_id: int, kind: str, now: datetime) -> bool:
    """End what holds a customer's touches; says whether anything did."""
    going_on = and_(holds.c.customer_id == customer_id, holds.c.kind == kind, holds.c.ended_at.is_(None))
    return bool((await connection.execute(update(holds).where(going_on).values(ended_at=now))).rowcount)


async def of(connection: AsyncConnection, customer_id: int) -> list[Hold]:
    """List a customer's holds, oldest first."""
    which = by(holds.c.customer_id, holds.c.id)
    return [made(Hold, row) for row in await connection.execute(which, {"wanted": customer_id})]
