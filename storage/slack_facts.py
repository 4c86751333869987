"""What the Slack face asks of conversations and of agents."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Message, made
from storage.tables import (
    agents,
    conversations,
    messages,
)


async def revision_of(connection: AsyncConnection, conversation_id: int) -> int | None:
    """Say how often a conversation has changed, which its card shows; None if it is gone."""
    which = await connection.execute(_revision_of(), {"conversation": conversation_id})
    revision: int | None = which.scalar_one_or_none()
    return revision


@cache
def _revision_of() -> Select[Any]:
    return select(conversations.c.revision).where(conversations.c.id == bindparam("conversation"))


async def last_answer(
    connection: AsyncConnection, conversation_id: int
) -> tuple[int | None, datetime] | None:
    """Say who of us answered last, and when."""
    which = (
        select(messages.c.agent_id, messages.c.sent_at)
        .where(messages.c.conversation_id == conversation_id, messages.c.direction == "out")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(which)).first()
    return None if row is None else (row.agent_id, row.sent_at)


async def last_said(connection: AsyncConnection, conversation_id: int, limit: int) -> list[Message]:
    """List the last messages and notes of a conversation that were not taken back, oldest first."""
    which = select(messages).where(
        messages.c.conversation_id == conversation_id, messages.c.deleted_at.is_(None)
    )
    rows = await connection.execute(which.order_by(messages.c.id.desc()).limit(limit))
    return [made(Message, row) for row in rows][::-1]


async def zone_of(connection: AsyncConnection, slack_id: str) -> str:
    """Say in which zone the agent with this Slack id lives; UTC if nobody has it."""
    which = select(agents.c.zone).where(agents.c.slack_id == slack_id, agents.c.active.is_(True))
    return (await connection.execute(which)).scalars().first() or "UTC"


async def owner_of(connection: AsyncConnection, conversation_id: int) -> str:
    """Say the Slack id of the active agent who owns a conversation that goes on; empty if there is none."""
    which = await connection.execute(_owner_of(), {"conversation": conversation_id})
    return which.scalars().first() or ""


@cache
def _owner_of() -> Select[Any]:
    return (
        select(agents.c.slack_id)
        .join(conversations, conversations.c.owner_id == agents.c.id)
        .where(
            conversations.c.id == bindparam("conversation"),
            conversations.c.state != "resolved",
            agents.c.active.is_(True),
        )
    )
