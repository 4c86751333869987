"""Touches of two customers who become one: each occasion once, and as it was when they are two again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import touches
from storage.ids import Ids
from storage.merging_rows import coded, decoded
from storage.rows import made
from storage.tables import touches as table
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED

REASON: Final = "merged_elsewhere"
KEPT: Final = ("state", "reason", "ended_at")

Ended = list[dict[str, Any]]
"""What each touch was that a merge called off: its key, revision and columns before."""


async def over(
    connection: AsyncConnection, ids: Ids, absorbed: int, survivor: int, now: datetime
) -> tuple[list[int], Ended]:
    """Give the survivor the absorbed's touches; an occasion that both have stays with each.

    What still waits of such a pair is called off at the absorbed, so that it goes out once. Returns the
    keys of those that went over, and what was called off.
    """
    theirs = table.alias("theirs")
    both = and_(
        theirs.c.customer_id == survivor, theirs.c.kind == table.c.kind, theirs.c.period == table.c.period
    )
    doubled = select(theirs.c.id).where(both).correlate(table).exists()
    waiting = select(table).where(table.c.customer_id == absorbed, touches.IS_WAITING, doubled)
    ended: Ended = []
    for row in [made(TouchRow, row) for row in await connection.execute(waiting)]:
        await touches.move(connection, ids, row, CANCELLED, now, reason=REASON)
        before = {name: coded(getattr(row, name)) for name in KEPT}
        ended.append({"id": row.id, "revision": row.revision + 1, **before})
    going = update(table).where(table.c.customer_id == absorbed, ~doubled).values(customer_id=survivor)
    moved = (await connection.execute(going.returning(table.c.id))).scalars()
    return sorted(moved), ended


async def again(
    connection: AsyncConnection, ids: Ids, ended: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Let what was called off wait again, unless somebody touched it since or its day is over."""
    for was in ended:
        row = await touches.one(connection, was["id"])
        if row is None or row.revision != was["revision"] or row.valid_until <= now:
            continue
        values = {name: decoded(table, name, was[name]) for name in KEPT}
        state, reason = values.pop("state"), values.pop("reason")
        await touches.move(connection, ids, row, state, now, reason=reason, **values)
