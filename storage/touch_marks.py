"""By what a database is known again: the server's own number, and the last touch that went out."""

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import touch_log
from storage.touch_states import HANDED_OFF


async def last_step(connection: AsyncConnection) -> int:
    """Return the key of the last step by which a touch was handed off; 0 if none ever was."""
    steps = select(touch_log.c.id).where(touch_log.c.state == HANDED_OFF)
    latest = steps.order_by(touch_log.c.id.desc()).limit(1)
    return (await connection.execute(latest)).scalar_one_or_none() or 0


async def system(connection: AsyncConnection) -> str:
    """Return PostgreSQL's own number of the cluster; empty on SQLite and where we may not ask."""
    if connection.dialect.name != "postgresql":
        return ""
    asked = "SELECT system_identifier FROM pg_control_system()"
    try:
        async with connection.begin_nested():
            return str((await connection.execute(text(asked))).scalar_one())
    except DBAPIError:
        return ""
