"""Further addresses of a person, told by a provider in its answer to what we sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import once
from storage.batch import storable
from storage.ids import Ids
from storage.tables import addresses, messages


async def keep(
    connection: AsyncConnection, ids: Ids, message_id: int, also: Sequence[str], now: datetime
) -> None:
    """Give the customer of a message's address those *also* told; one that is somebody's already stays so."""
    if not also:
        return
    whose = select(addresses).join(messages, messages.c.address_id == addresses.c.id)
    row = (await connection.execute(whose.where(messages.c.id == message_id))).one_or_none()
    if row is None:
        return
    for address in also:
        values = {"customer_id": row.customer_id, "channel": row.channel, "created_at": now}
        await once.keep(connection, addresses, {"id": ids.next(), "address": storable(address), **values})
