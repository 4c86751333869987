"""Finding conversations: by a customer's name or address, and a customer's others."""

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.desk import QueueRow, rows
from storage.likeness import like
from storage.rows import made
from storage.tables import addresses, conversations, customers


async def found(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[QueueRow]:
    """Find customers by the words of their name, or by a part of an address, whatever the accents.

    Each comes with their latest conversation.
    """
    dialect = connection.dialect.name
    named = [like(customers.c.name, word, dialect) for word in words.split()]
    by_name = select(customers.c.id).where(*named).limit(limit)
    at = like(addresses.c.address, "".join(words.split()), dialect)
    by_address = select(addresses.c.customer_id).where(at).limit(limit)
    latest = (
        select(func.max(conversations.c.id))
        .where(
            or_(
                conversations.c.customer_id.in_(by_name),
                conversations.c.customer_id.in_(by_address),
            )
        )
        .group_by(conversations.c.customer_id)
    )
    which = rows().where(conversations.c.id.in_(latest)).order_by(conversations.c.last_at.desc())
    return [made(QueueRow, row) for row in await connection.execute(which.limit(limit))]


async def others_of(
    connection: AsyncConnection, customer_id: int, but: int, *, limit: int = 10
) -> list[QueueRow]:
    """List the customer's other conversations, latest first."""
    which = (
        rows()
        .where(conversations.c.customer_id == customer_id, conversations.c.id != but)
        .order_by(conversations.c.id.desc())
        .limit(limit)
    )
    return [made(QueueRow, row) for row in await connection.execute(which)]
