"""What was seen already: keys that are kept once, and payloads journalled by them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import hooks
from storage.once import keep
from storage.tables import (
    seen,
)


async def journal(
    connection: AsyncConnection, *, hook_id: int, body: bytes, key: str, url: str, now: datetime
) -> bool:
    """Keep a payload as a waiting hook unless one of the same *key* was kept; says whether it was new."""
    if key and not await keep(connection, seen, {"scope": "slack", "key": key[:255], "at": now}):
        return False
    await hooks.keep(
        connection,
        hook_id=hook_id,
        channel="slack",
        received_at=now,
        method="POST",
        url=url,
        headers={},
        body=body,
        state="waiting",
    )
    return True


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Forget the keys of payloads older than any retry of theirs."""
    await connection.execute(seen.delete().where(seen.c.scope == "slack", seen.c.at < before))


async def forget_one(connection: AsyncConnection, scope: str, key: str) -> None:
    """Forget a key, as if it had never been kept."""
    await connection.execute(seen.delete().where(seen.c.scope == scope, seen.c.key == key[:255]))


async def remember(connection: AsyncConnection, scope: str, key: str, now: datetime) -> bool:
    """Keep a key; says whether it was not kept already."""
    return await keep(connection, seen, {"scope": scope, "key": key[:255], "at": now})


async def remembers(connection: AsyncConnection, scope: str, key: str) -> bool:
    """Whether a key is kept."""
    which = select(seen.c.at).where(seen.c.scope == scope, seen.c.key == key[:255])
    return (await connection.execute(which)).first() is not None
