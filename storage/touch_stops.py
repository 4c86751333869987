"""What ends follow-ups at once, in set statements, so that the ledger shows it before they are due."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.tables import addresses, holds, orders, touches
from storage.touch_states import CANCELLED
from storage.touches import IS_WAITING, end_all

Place = tuple[datetime, int]
Which = ColumnElement[bool]


async def stretch(connection: AsyncConnection, after: Place | None, length: int) -> Place | None:
    """Name the last of the next *length* touches that wait behind *after*; None where none does."""
    behind = (
        select(touches.c.due_at, touches.c.id)
        .where(IS_WAITING, _behind(after))
        .order_by(touches.c.due_at, touches.c.id)
        .limit(length)
        .subquery()
    )
    last = select(behind).order_by(behind.c.due_at.desc(), behind.c.id.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    return None if row is None else (row.due_at, row.id)


async def among(
    connection: AsyncConnection, which: ColumnElement[bool], after: Place | None, last: Place
) -> list[int]:
    """List the waiting touches of a stretch that *which* names."""
    here = and_(IS_WAITING, _behind(after), ~_behind(last), which)
    return list((await connection.execute(select(touches.c.id).where(here))).scalars())


async def end(
    connection: AsyncConnection, ids: Ids, touch_ids: Collection[int], reason: str, now: datetime
) -> int:
    """Call touches off that still wait."""
    which = touches.c.id.in_(touch_ids)
    return await end_all(connection, ids, which, CANCELLED, reason, now, limit=len(touch_ids))


def _behind(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return touches.c.id.is_not(None)
    at, key = place
    return and_(touches.c.due_at >= at, or_(touches.c.due_at > at, touches.c.id > key))


def wrote(kinds: Collection[str]) -> ColumnElement[bool]:
    """Name the touches of *kinds* whose customer wrote since what they follow."""
    said = select(addresses.c.id).where(
        addresses.c.customer_id == touches.c.customer_id, addresses.c.last_in_at > touches.c.anchor_at
    )
    return touches.c.kind.in_(kinds) & said.exists()


def bought(kinds: Collection[str]) -> ColumnElement[bool]:
    """Name the touches of *kinds* whose customer ordered again since the order they follow."""
    last = orders.alias()
    newer = (
        select(orders.c.id)
        .join(last, last.c.number == _number())
        .where(
            orders.c.customer_id == touches.c.customer_id,
            orders.c.cancelled_at.is_(None),
            orders.c.placed_at > last.c.placed_at,
        )
    )
    return touches.c.kind.in_(kinds) & newer.correlate(touches).exists()


def returned(kinds: Collection[str]) -> ColumnElement[bool]:
    """Name the touches of *kinds* whose order came back or was cancelled."""
    back = select(orders.c.id).where(
        orders.c.number == _number(), orders.c.returned_at.is_not(None) | orders.c.cancelled_at.is_not(None)
    )
    return touches.c.kind.in_(kinds) & back.correlate(touches).exists()


def taken(kinds: Collection[str]) -> ColumnElement[bool]:
    """Name the waiting follow-ups of *kinds* of customers whom an agent holds."""
    held = select(holds.c.id).where(
        holds.c.customer_id == touches.c.customer_id, holds.c.kind == "agent", holds.c.ended_at.is_(None)
    )
    return touches.c.kind.in_(kinds) & held.exists()


def _number() -> ColumnElement[str]:
    """The order's number out of a reference like `order A1`."""
    return func.substr(touches.c.anchor_ref, len("order ") + 1)
