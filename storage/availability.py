"""Questions about who is away, and what becomes of what they own."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Agent, made
from storage.tables import agents, conversations


async def back_by(connection: AsyncConnection, now: datetime) -> list[Agent]:
    """List who is away until a time that has come."""
    which = select(agents).where(
        agents.c.active.is_(True), agents.c.available.is_(False), agents.c.away_until <= now
    )
    return [made(Agent, row) for row in await connection.execute(which.order_by(agents.c.id))]


async def pass_on(connection: AsyncConnection, before: int, owner_id: int | None) -> list[int]:
    """Give all that is open with an agent to another, or to nobody; says which. What is set aside stays."""
    which = update(conversations).where(conversations.c.owner_id == before, conversations.c.state == "open")
    changed = await connection.execute(
        which.values(owner_id=owner_id, revision=conversations.c.revision + 1).returning(conversations.c.id)
    )
    return sorted(changed.scalars())
