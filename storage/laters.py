"""Questions about what an agent wrote to be sent at a time to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import addresses, conversations, laters

WAITING: Final = "waiting"
SENT: Final = "sent"
CANCELLED: Final = "cancelled"
STOPPED: Final = "stopped"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What is to be said at a time to come; state is waiting, sent, cancelled, stopped or refused.

    *files* are the fields of files in the media store; *if_they_write* is stop or send.
    """

    id: int
    conversation_id: int
    address_id: int
    agent_id: int
    text: str
    files: Sequence[Mapping[str, Any]] | None
    at: datetime
    if_they_write: str
    state: str
    reason: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: int | None
    message_id: int | None
    key: str | None


async def make(connection: AsyncConnection, ids: Ids, values: Mapping[str, Any]) -> int:
    """Keep what is to be said later; returns its key."""
    row = {"state": WAITING, **values, "id": ids.next()}
    await connection.execute(laters.insert().values(**row))
    return int(row["id"])


async def one(connection: AsyncConnection, later_id: int) -> Later | None:
    """Find one."""
    row = (await connection.execute(select(laters).where(laters.c.id == later_id))).one_or_none()
    return None if row is None else made(Later, row)


async def by_key(connection: AsyncConnection, key: str) -> Later | None:
    """Find the one that a gesture made."""
    row = (await connection.execute(select(laters).where(laters.c.key == key))).one_or_none()
    return None if row is None else made(Later, row)


async def change(connection: AsyncConnection, later_id: int, **values: Any) -> bool:
    """Set columns of one that waits still; says whether it did, so that only one change ends it."""
    which = update(laters).where(laters.c.id == later_id, laters.c.state == WAITING).values(**values)
    return bool((await connection.execute(which)).rowcount)


async def waiting_in(connection: AsyncConnection, conversation_id: int, limit: int = 20) -> list[Later]:
    """List what waits in a conversation, soonest first."""
    wanted = {"conversation": conversation_id, "most": limit}
    return [made(Later, row) for row in await connection.execute(_waiting_in(), wanted)]


@cache
def _waiting_in() -> Select[Any]:
    """Write the question once: each card that is drawn asks it."""
    which = select(laters).where(
        laters.c.conversation_id == bindparam("conversation"), laters.c.state == WAITING
    )
    return which.order_by(laters.c.at, laters.c.id).limit(bindparam("most"))


async def due(connection: AsyncConnection, now: datetime, limit: int) -> list[Later]:
    """List what is to be sent by now, the longest due first."""
    which = select(laters).where(laters.c.state == WAITING, laters.c.at <= now)
    rows = await connection.execute(which.order_by(laters.c.at, laters.c.id).limit(limit))
    return [made(Later, row) for row in rows]


async def overtaken(connection: AsyncConnection, limit: int) -> list[Later]:
    """List what waits and was to stop if the customer writes, where they have written since."""
    written = exists().where(
        conversations.c.id == laters.c.conversation_id,
        addresses.c.customer_id == conversations.c.customer_id,
        addresses.c.last_in_at > laters.c.made_at,
    )
    which = select(laters).where(laters.c.state == WAITING, laters.c.if_they_write == "stop", written)
    rows = await connection.execute(which.order_by(laters.c.at, laters.c.id).limit(limit))
    return [made(Later, row) for row in rows]


async def has_written(connection: AsyncConnection, later: Later) -> bool:
    """Whether the customer has written since it was made, at whatever address."""
    which = (
        select(addresses.c.id)
        .join(conversations, conversations.c.customer_id == addresses.c.customer_id)
        .where(conversations.c.id == later.conversation_id, addresses.c.last_in_at > later.made_at)
    )
    return (await connection.execute(which.limit(1))).first() is not None


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Say when the next one is to be sent."""
    which = select(laters.c.at).where(laters.c.state == WAITING).order_by(laters.c.at).limit(1)
    at: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return at


async def became(connection: AsyncConnection, later_id: int, message_id: int) -> None:
    """Remember which message it became."""
    await connection.execute(update(laters).where(laters.c.id == later_id).values(message_id=message_id))


async def refuse(connection: AsyncConnection, later_id: int, reason: str) -> None:
    """Say that it could not be sent when it was due, and why."""
    which = update(laters).where(laters.c.id == later_id, laters.c.message_id.is_(None))
    await connection.execute(which.values(state=REFUSED, reason=reason))


async def paths(connection: AsyncConnection, conversation_ids: Any) -> list[str]:
    """Name the files in the media store that wait to be sent in conversations, or were to be."""
    which = select(laters.c.files).where(laters.c.conversation_id.in_(conversation_ids))
    return [
        str(file["path"]) for files in (await connection.execute(which)).scalars() for file in files or ()
    ]


async def forget(connection: AsyncConnection, conversation_ids: Any, now: datetime) -> None:
    """Send nothing more in conversations, and forget what was to be said."""
    mine = laters.c.conversation_id.in_(conversation_ids)
    await connection.execute(update(laters).where(mine, laters.c.reason != "erased").values(reason=""))
    waits = update(laters).where(mine, laters.c.state == WAITING)
    await connection.execute(waits.values(state=CANCELLED, ended_at=now, reason="erased"))
    await connection.execute(update(laters).where(mine).values(text="", files=None, key=None))
