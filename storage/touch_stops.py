"""What ends follow-ups at once, in set statements, so that the ledger shows it before they are due."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.tables import addresses, holds, orders, touches
from storage.touch_states import CANCELLED
from storage.touches import end_all


async def wrote(connection: AsyncConnection, ids: Ids, kinds: Collection[str], now: datetime) -> int:
    """Call off the waiting touches of *kinds* whose customer wrote since what they follow."""
    said = select(addresses.c.id).where(
        addresses.c.customer_id == touches.c.customer_id, addresses.c.last_in_at > touches.c.anchor_at
    )
    which = touches.c.kind.in_(kinds) & said.exists()
    return await end_all(connection, ids, which, CANCELLED, "customer_wrote_first", now)


async def bought(connection: AsyncConnection, ids: Ids, kinds: Collection[str], now: datetime) -> int:
    """Call off the waiting touches of *kinds* whose customer ordered again since the order they follow."""
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
    which = touches.c.kind.in_(kinds) & newer.correlate(touches).exists()
    return await end_all(connection, ids, which, CANCELLED, "bought_again", now)


async def returned(connection: AsyncConnection, ids: Ids, kinds: Collection[str], now: datetime) -> int:
    """Call off the waiting touches of *kinds* whose order came back or was cancelled."""
    back = select(orders.c.id).where(
        orders.c.number == _number(), orders.c.returned_at.is_not(None) | orders.c.cancelled_at.is_not(None)
    )
    which = touches.c.kind.in_(kinds) & back.correlate(touches).exists()
    return await end_all(connection, ids, which, CANCELLED, "order_returned", now)


async def taken(connection: AsyncConnection, ids: Ids, kinds: Collection[str], now: datetime) -> int:
    """Call off the waiting follow-ups of *kinds* of customers whom an agent holds."""
    held = select(holds.c.id).where(
        holds.c.customer_id == touches.c.customer_id, holds.c.kind == "agent", holds.c.ended_at.is_(None)
    )
    which = touches.c.kind.in_(kinds) & held.exists()
    return await end_all(connection, ids, which, CANCELLED, "taken_by_agent", now)


def _number() -> ColumnElement[str]:
    """The order's number out of a reference like `order A1`."""
    return func.substr(touches.c.anchor_ref, len("order ") + 1)
