"""What customers wrote since a place in time, for whoever listens to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Something a customer wrote at one of their addresses."""

    id: int
    address_id: int
    conversation_id: int
    channel: str
    external_id: str
    text: str
    received_at: datetime


async def since(connection: AsyncConnection, key: int, limit: int) -> list[Words]:
    """List at most *limit* messages behind *key* that customers wrote, oldest first."""
    which = (
        select(messages)
        .where(
            messages.c.id > key,
            messages.c.direction == "in",
            messages.c.text != "",
            messages.c.nature == "",
        )
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [
        Words(
            id=row.id,
            address_id=row.address_id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            external_id=row.external_id or str(row.id),
            text=row.text,
            received_at=row.received_at,
        )
        for row in await connection.execute(which)
        if row.address_id is not None
    ]
