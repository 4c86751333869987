"""Questions about words that are said often and were kept at the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import saved_replies


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReply:
    """Words by language; *then* is what else is done when they are sent: tags, assign, snooze, resolve."""

    id: int
    key: str
    title: str
    texts: Mapping[str, str]
    then: Mapping[str, Any]
    teams: Sequence[str] | None
    made_by: int
    made_at: datetime
    ended_at: datetime | None


async def keep(connection: AsyncConnection, ids: Ids, values: Mapping[str, Any]) -> int:
    """Keep one of these *values*; returns its id."""
    row = {**values, "id": ids.next()}
    await connection.execute(saved_replies.insert().values(**row))
    return int(row["id"])


async def in_use(connection: AsyncConnection) -> list[SavedReply]:
    """List those that were not given up, by title."""
    which = select(saved_replies).where(saved_replies.c.ended_at.is_(None))
    rows = await connection.execute(which.order_by(saved_replies.c.title, saved_replies.c.id))
    return [made(SavedReply, row) for row in rows]


async def by_key(connection: AsyncConnection, key: str) -> SavedReply | None:
    """Find one by its key, also one that was given up."""
    row = (await connection.execute(select(saved_replies).where(saved_replies.c.key == key))).one_or_none()
    return None if row is None else made(SavedReply, row)


async def end(connection: AsyncConnection, key: str, now: datetime) -> None:
    """Give one up."""
    which = update(saved_replies).where(saved_replies.c.key == key, saved_replies.c.ended_at.is_(None))
    await connection.execute(which.values(ended_at=now))
