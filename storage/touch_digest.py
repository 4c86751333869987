"""What a week's digest counts that no report has: what went out by day, and what is held at this moment."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import touches
from storage.touch_states import HELD
from storage.touches import IS_WAITING


async def out_by_day(
    connection: AsyncConnection, first: str, last: str, kinds: Collection[str] = ()
) -> dict[str, int]:
    """Count the touches that went out by their customers' own days, from *first* to *last*."""
    which = select(touches.c.day, func.count()).where(
        touches.c.day >= first, touches.c.day <= last, touches.c.handed_at.is_not(None)
    )
    if kinds:
        which = which.where(touches.c.kind.in_(kinds))
    rows = await connection.execute(which.group_by(touches.c.day))
    return {row[0]: row[1] for row in rows}


async def held(connection: AsyncConnection, now: datetime) -> dict[str, int]:
    """Count by reason the touches that are held now and may still leave."""
    which = (
        select(touches.c.reason, func.count())
        .where(IS_WAITING, touches.c.state == HELD, touches.c.valid_until > now)
        .group_by(touches.c.reason)
    )
    return {row[0]: row[1] for row in await connection.execute(which)}
