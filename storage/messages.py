"""Questions about messages."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Message, made
from storage.statuses import FAILED, PERHAPS, of_parts
from storage.tables import deliveries, messages


async def one(connection: AsyncConnection, message_id: int) -> Message | None:
    """Find a message."""
    row = (await connection.execute(_many(), {"ids": [message_id]})).one_or_none()
    return None if row is None else made(Message, row)


async def many(connection: AsyncConnection, message_ids: Sequence[int]) -> list[Message]:
    """Find messages, in the order they came."""
    return [made(Message, row) for row in await connection.execute(_many(), {"ids": list(message_ids)})]


@cache
def _many() -> Select[Any]:
    """Write the question once: the loops ask it often, and writing it costs more than asking."""
    wanted = messages.c.id.in_(bindparam("ids", expanding=True))
    return select(messages).where(wanted).order_by(messages.c.id)


async def by_external_id(connection: AsyncConnection, channel: str, external_id: str) -> Message | None:
    """Find a message by its name on a channel; ours are there by the gesture's key."""
    which = select(messages).where(messages.c.channel == channel, messages.c.external_id == external_id)
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(Message, row)


async def log(
    connection: AsyncConnection, conversation_id: int, limit: int = 50, before: int | None = None
) -> list[Message]:
    """List the last messages of a conversation before a key, oldest first."""
    which = select(messages).where(messages.c.conversation_id == conversation_id)
    if before is not None:
        which = which.where(messages.c.id < before)
    rows = await connection.execute(which.order_by(messages.c.id.desc()).limit(limit))
    return [made(Message, row) for row in reversed(rows.all())]


async def add(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Keep a message of ours; *values* are columns."""
    await connection.execute(messages.insert().values(**values))


async def change(connection: AsyncConnection, message_id: int, **values: Any) -> None:
    """Set columns of a message."""
    await connection.execute(update(messages).where(messages.c.id == message_id).values(**values))


async def refresh_status(
    connection: AsyncConnection, message_ids: Sequence[int | None], now: datetime
) -> None:
    """Say of each message what its deliveries say together."""
    wanted = [message_id for message_id in message_ids if message_id is not None]
    if not wanted:
        return
    parts: dict[int, list[Any]] = {}
    for row in await connection.execute(_parts(), {"ids": wanted}):
        parts.setdefault(row.message_id, []).append(row)
    if parts:
        await connection.execute(_tell(), [_told(key, rows, now) for key, rows in parts.items()])


@cache
def _parts() -> Select[Any]:
    wanted = deliveries.c.message_id.in_(bindparam("ids", expanding=True))
    which = select(deliveries.c.message_id, deliveries.c.state, deliveries.c.reason)
    return which.where(wanted, deliveries.c.kind.in_(("message", "call")))


@cache
def _tell() -> Update:
    ours = (messages.c.id == bindparam("which"), messages.c.direction == "out")
    told: dict[str, Any] = {
        "status": bindparam("told"),
        "status_at": bindparam("at"),
        "reason": bindparam("why"),
    }
    return update(messages).where(*ours).values(told)


def _told(message_id: int, parts: Sequence[Any], now: datetime) -> dict[str, Any]:
    status = of_parts([row.state for row in parts])
    reasons = [row.reason for row in parts if row.state == status and status in (FAILED, PERHAPS)]
    return {"which": message_id, "told": status, "at": now, "why": reasons[0] if reasons else ""}
