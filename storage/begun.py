"""Conversations that we begin: with whom, at which address, and behind which earlier one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.once import keep
from storage.tables import addresses, conversations, customers


async def stranger(
    connection: AsyncConnection, ids: Ids, *, address: str, channel: str, name: str, now: datetime
) -> int:
    """Keep a customer whom we know by one address; returns the address's key."""
    customer, key = ids.next(), ids.next()
    await connection.execute(customers.insert().values(id=customer, name=name, created_at=now))
    values = {"address": address, "channel": channel, "created_at": now}
    await connection.execute(addresses.insert().values(id=key, customer_id=customer, **values))
    return key


async def conversation(
    connection: AsyncConnection, ids: Ids, values: Mapping[str, Any], now: datetime
) -> int | None:
    """Begin one of these *values* (customer_id, address_id, channel, team, owner_id); returns its key.

    None where one goes on with the customer already: it began at the same moment.
    """
    last = select(func.max(conversations.c.id)).where(
        conversations.c.customer_id == values["customer_id"], conversations.c.merged_into.is_(None)
    )
    row = {
        **values,
        "id": ids.next(),
        "state": "open",
        "previous_id": (await connection.execute(last)).scalar_one_or_none(),
        "opened_at": now,
        "last_at": now,
        "last_direction": "out",
    }
    return int(row["id"]) if await keep(connection, conversations, row) else None
