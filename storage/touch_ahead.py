"""What a look at days to come asks of touches that are gone: when, and at which numbers."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, touches
from storage.touch_states import DEFERRED, FAILED, PLANNED


async def handed(connection: AsyncConnection, channel: str, since: datetime) -> list[datetime]:
    """List the instants after *since* at which touches were handed to a channel, in order."""
    which = (
        select(touches.c.handed_at)
        .where(touches.c.channel == channel, touches.c.handed_at > since)
        .order_by(touches.c.handed_at)
    )
    return list((await connection.execute(which)).scalars())


async def said(connection: AsyncConnection, days: Collection[str]) -> list[tuple[str, str, str, int]]:
    """List touches that went out on *days* of customers' own: kind, day, address, customer."""
    which = (
        select(touches.c.kind, touches.c.day, addresses.c.address, touches.c.customer_id)
        .join(addresses, addresses.c.id == touches.c.address_id)
        .where(touches.c.day.in_(days), touches.c.handed_at.is_not(None), touches.c.state != FAILED)
    )
    return [(row[0], row[1], row[2], row[3]) for row in await connection.execute(which)]


async def waiting(
    connection: AsyncConnection, customer_ids: Collection[int]
) -> list[tuple[int, str, str, datetime, bool]]:
    """List touches of customers that are still to leave: customer, kind, period, when, whether caps count."""
    which = select(
        touches.c.customer_id, touches.c.kind, touches.c.period, touches.c.due_at, touches.c.counts
    ).where(touches.c.customer_id.in_(customer_ids), touches.c.state.in_((PLANNED, DEFERRED)))
    return [(row[0], row[1], row[2], row[3], bool(row[4])) for row in await connection.execute(which)]
