"""Drafts: what an agent has begun to write, one a conversation and mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import drafts

Mode = Literal["answer", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Words that are not said yet."""

    mode: str
    text: str
    kept_at: datetime


async def keep(
    connection: AsyncConnection, agent_id: int, conversation_id: int, mode: Mode, text: str, *, now: datetime
) -> None:
    """Keep *text* in place of what was kept before; an empty text forgets it."""
    if not text.strip():
        await drop(connection, agent_id, conversation_id, mode)
        return
    values = {"agent_id": agent_id, "conversation_id": conversation_id, "mode": mode}
    changed = {"text": text, "kept_at": now}
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    await connection.execute(
        insert(drafts)
        .values(**values, **changed)
        .on_conflict_do_update(index_elements=list(values), set_=changed)
    )


async def kept(connection: AsyncConnection, agent_id: int, conversation_id: int) -> Mapping[str, Draft]:
    """Return the agent's drafts in the conversation by mode."""
    found = await connection.execute(
        select(drafts.c.mode, drafts.c.text, drafts.c.kept_at).where(
            drafts.c.agent_id == agent_id, drafts.c.conversation_id == conversation_id
        )
    )
    return {row.mode: Draft(mode=row.mode, text=row.text, kept_at=row.kept_at) for row in found}


async def drop(connection: AsyncConnection, agent_id: int, conversation_id: int, mode: Mode) -> None:
    """Forget a draft, because it was sent or taken back."""
    await connection.execute(
        delete(drafts).where(
            drafts.c.agent_id == agent_id,
            drafts.c.conversation_id == conversation_id,
            drafts.c.mode == mode,
        )
    )
