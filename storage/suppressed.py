"""Those who are not to come back by a list: keyed hashes of what was erased."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import suppressed

PAGE = 500


async def keep(connection: AsyncConnection, marks: Collection[str], reason: str, now: datetime) -> None:
    """Remember *marks*, hex HMAC-SHA256 as `inbox.preferences.marks` makes them; the first reason stays."""
    if not marks:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [{"mark": mark, "reason": reason, "at": now} for mark in sorted(set(marks))]
    await connection.execute(insert(suppressed).on_conflict_do_nothing(), rows)


async def any_there(connection: AsyncConnection) -> bool:
    """Say whether anybody is remembered."""
    return (await connection.execute(select(suppressed.c.mark).limit(1))).first() is not None


async def among(connection: AsyncConnection, marks: Collection[str]) -> set[str]:
    """Say which of *marks* are remembered."""
    wanted, found = list(marks), set[str]()
    for first in range(0, len(wanted), PAGE):
        which = select(suppressed.c.mark).where(suppressed.c.mark.in_(wanted[first : first + PAGE]))
        found |= set((await connection.execute(which)).scalars())
    return found
