"""Whose typing never leaves by itself: a conversation's, an agent's."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import row_by
from storage.tables import agents, routed


async def of_conversation(connection: AsyncConnection, conversation_id: int) -> bool:
    """Whether a conversation is in safe mode."""
    row = await row_by(connection, routed.c.conversation_id, conversation_id)
    return row is not None and bool(row.safe_mode)


async def set_conversation(
    connection: AsyncConnection, conversation_id: int, on: bool, now: datetime
) -> None:
    """Put a conversation in or out of safe mode; where nothing was decided of it yet, that is to come."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = insert(routed).values(conversation_id=conversation_id, decided_at=now, safe_mode=on)
    await connection.execute(
        fresh.on_conflict_do_update(index_elements=[routed.c.conversation_id], set_={"safe_mode": on})
    )


async def set_agent(connection: AsyncConnection, agent_id: int, on: bool) -> None:
    """Put an agent in or out of safe mode."""
    await connection.execute(update(agents).where(agents.c.id == agent_id).values(safe_mode=on))
