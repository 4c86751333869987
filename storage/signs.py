"""Where a sign to a customer goes: their address, and the last that they said there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, conversations, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The channel and address over which a conversation runs, and the provider's name of their last words."""

    channel: str
    address: str
    external_id: str


async def place_of(connection: AsyncConnection, conversation_id: int) -> Place | None:
    """Find it; none where they said stop or have said nothing there."""
    which = (
        select(conversations.c.channel, addresses.c.address, messages.c.external_id)
        .join(addresses, addresses.c.id == conversations.c.address_id)
        .join(messages, messages.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.id == conversation_id,
            addresses.c.stopped_at.is_(None),
            messages.c.address_id == addresses.c.id,
            messages.c.channel == conversations.c.channel,
            messages.c.direction == "in",
            messages.c.nature == "",
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(which)).first()
    if row is None:
        return None
    return Place(channel=row.channel, address=row.address, external_id=row.external_id or "")
