"""Finding conversations: by a customer's name or address, and a customer's others."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.desk import QueueRow, rows
from storage.likely import Likely
from storage.likeness import like
from storage.rows import made
from storage.tables import addresses, conversations, customers


async def found(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[QueueRow]:
    """Find customers by the words of their name, or by a part of an address, whatever the accents.

    Each comes with their latest conversation.
    """
    dialect = connection.dialect.name
    named = [like(customers.c.name, word, dialect) for word in words.split()]
    stands = func.coalesce(customers.c.merged_into, customers.c.id)  # also by the name that was given up
    by_name = select(stands).where(*named).limit(limit)
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
        .where(conversations.c.merged_into.is_(None))
        .group_by(conversations.c.customer_id)
    )
    which = rows().where(conversations.c.id.in_(latest)).order_by(conversations.c.last_at.desc())
    return [made(QueueRow, row) for row in await connection.execute(which.limit(limit))]


async def people(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[Likely]:
    """Find customers by name, by a part of an address or by the shop's number, with an address of theirs."""
    dialect = connection.dialect.name
    named = [like(customers.c.name, word, dialect) for word in words.split()]
    at = like(addresses.c.address, "".join(words.split()), dialect)
    by_address = select(addresses.c.customer_id).where(at).limit(limit)
    first = select(func.min(addresses.c.address)).where(addresses.c.customer_id == customers.c.id)
    which = select(customers.c.id, customers.c.name, first.scalar_subquery().label("address")).where(
        or_(and_(*named), customers.c.id.in_(by_address), customers.c.ref == words),
        customers.c.merged_into.is_(None),
        customers.c.erased_at.is_(None),
    )
    found = await connection.execute(which.order_by(customers.c.name, customers.c.id).limit(limit))
    return [Likely(customer_id=row.id, name=row.name, address=row.address or "") for row in found]


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
