"""Questions about the words that conversations are tagged with, by rules and by agents."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import row_by
from storage.tables import routed


async def of(connection: AsyncConnection, conversation_id: int) -> list[str]:
    """List the tags of a conversation, in the order they were given."""
    row = await row_by(connection, routed.c.conversation_id, conversation_id)
    return list((row.tags if row is not None else None) or ())


async def write(
    connection: AsyncConnection, conversation_id: int, tags: Sequence[str], now: datetime
) -> None:
    """Set a conversation's tags; where nothing was decided of it yet, that is still to come."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = insert(routed).values(conversation_id=conversation_id, decided_at=now, tags=list(tags))
    await connection.execute(
        fresh.on_conflict_do_update(index_elements=[routed.c.conversation_id], set_={"tags": list(tags)})
    )


def joined(tags: Iterable[str], more: Iterable[str], without: Iterable[str] = ()) -> list[str]:
    """Join tags, each once whatever its case, leaving some out."""
    gone = {one.casefold() for one in without}
    found: dict[str, str] = {}
    for one in (*tags, *more):
        if one.casefold() not in gone:
            found.setdefault(one.casefold(), one)
    return list(found.values())
