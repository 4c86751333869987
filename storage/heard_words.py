"""What customers wrote since a place in time, for whoever listens to it."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
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
        for row in await connection.execute(_since(), {"behind": key, "most": limit})
        if row.address_id is not None
    ]


@cache
def _since() -> Select[Any]:
    """Write the question once, and ask for no more than is listened to: it is asked every few seconds."""
    names = [field.name for field in fields(Words)]
    which = select(*(messages.c[name] for name in names)).where(
        messages.c.id > bindparam("behind"),
        messages.c.direction == "in",
        messages.c.text != "",
        messages.c.nature == "",
    )
    return which.order_by(messages.c.id).limit(bindparam("most"))
