"""Questions about touches made once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import one_offs, touches
from storage.touch_rows import OneOff
from storage.touch_states import HANDED_OFF
from storage.touches import IS_WAITING


async def add(
    connection: AsyncConnection, ids: Ids, name: str, definition: Any, made_by: int | None, now: datetime
) -> int:
    """Keep a draft under its unique *name*; returns its key."""
    key = ids.next()
    values = {"id": key, "name": name, "state": "draft", "definition": definition}
    await connection.execute(one_offs.insert().values(**values, made_by=made_by, made_at=now))
    return key


async def by_name(connection: AsyncConnection, name: str) -> OneOff | None:
    """Find one by its name."""
    row = (await connection.execute(select(one_offs).where(one_offs.c.name == name))).one_or_none()
    return None if row is None else made(OneOff, row)


async def every(connection: AsyncConnection, states: Sequence[str] = ()) -> list[OneOff]:
    """List those in some *states*, or all, newest first."""
    which = select(one_offs).order_by(one_offs.c.id.desc())
    if states:
        which = which.where(one_offs.c.state.in_(states))
    return [made(OneOff, row) for row in await connection.execute(which)]


async def is_under_way(connection: AsyncConnection, kind: str) -> bool:
    """Whether a touch of *kind* waits, or is out and not heard of."""
    waits = or_(IS_WAITING, touches.c.state == HANDED_OFF)
    which = select(touches.c.id).where(waits, touches.c.kind == kind).limit(1)
    return (await connection.execute(which)).first() is not None


async def change(connection: AsyncConnection, name: str, **values: Any) -> bool:
    """Set columns of one; says whether it is there."""
    result = await connection.execute(update(one_offs).where(one_offs.c.name == name).values(**values))
    return bool(result.rowcount)
