"""Who of us spoke last in a conversation."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import agents, messages


async def last_agent(connection: AsyncConnection, conversation_id: str) -> str:
    """Name the agent who answered last in a conversation; empty if nobody did."""
    if not conversation_id.isdecimal():
        return ""
    which = (
        select(agents.c.name)
        .join(messages, messages.c.agent_id == agents.c.id)
        .where(messages.c.conversation_id == int(conversation_id), messages.c.direction == "out")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return (await connection.execute(which)).scalar_one_or_none() or ""
