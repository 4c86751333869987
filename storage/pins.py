"""Notes that stand on a customer, whatever the conversation."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.once import keep
from storage.rows import Message, made
from storage.tables import messages, pins


async def add(
    connection: AsyncConnection, message_id: int, customer_id: int, agent_id: int, now: datetime
) -> None:
    """Pin a note to its customer; pinning twice pins once."""
    row = {"message_id": message_id, "customer_id": customer_id, "agent_id": agent_id, "at": now}
    await keep(connection, pins, row)


async def remove(connection: AsyncConnection, message_id: int) -> None:
    """Take a note off its customer; it stays where it was written."""
    await connection.execute(delete(pins).where(pins.c.message_id == message_id))


async def of_customer(connection: AsyncConnection, customer_id: int) -> list[Message]:
    """List the notes that are pinned to a customer, the newest first."""
    which = (
        select(messages)
        .join(pins, pins.c.message_id == messages.c.id)
        .where(pins.c.customer_id == customer_id, messages.c.deleted_at.is_(None))
        .order_by(pins.c.at.desc(), messages.c.id.desc())
    )
    return [made(Message, row) for row in await connection.execute(which)]
