"""Customers who asked for our messages by a word of their own, and what we answered them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, consents, customers, deliveries, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One word that joined, in which *wording*, and the conversation that it stands in.

    *stopped* says that nothing may go to the address: they wrote stop there and not start since.
    """

    id: int
    external_id: str
    channel: str
    address_id: int
    wording: str
    language: str
    at: datetime
    stopped: bool
    conversation_id: int | None


async def since(connection: AsyncConnection, key: int, limit: int) -> list[Join]:
    """List at most *limit* joins behind the ledger's *key*, oldest first."""
    same = and_(messages.c.channel == consents.c.channel, messages.c.external_id == consents.c.external_id)
    which = (
        select(
            *(consents.c[name] for name in ("id", "external_id", "channel", "address_id", "wording", "at")),
            customers.c.language,
            addresses.c.stopped_at,
            messages.c.conversation_id,
        )
        .join(addresses, addresses.c.id == consents.c.address_id)
        .join(customers, customers.c.id == addresses.c.customer_id)
        .outerjoin(messages, same)
        .where(consents.c.id > key, consents.c.word == "join")
        .order_by(consents.c.id)
        .limit(limit)
    )
    return [
        Join(
            id=row.id,
            external_id=row.external_id,
            channel=row.channel,
            address_id=row.address_id,
            wording=row.wording,
            language=row.language,
            at=row.at,
            stopped=row.stopped_at is not None,
            conversation_id=row.conversation_id,
        )
        for row in await connection.execute(which)
    ]


async def answered(connection: AsyncConnection, channel: str, conversation_id: int, since: datetime) -> int:
    """Count the answers to joins in a conversation over a channel at or after *since*."""
    which = select(func.count(deliveries.c.message_id.distinct())).where(
        deliveries.c.lane == channel,
        deliveries.c.conversation_id == conversation_id,
        deliveries.c.key.startswith("join:", autoescape=True),
        deliveries.c.owed_at >= since,
    )
    return int((await connection.execute(which)).scalar_one())
