"""What a plain message that heads a queue to Slack says, and what stands around it, in one question."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Message, made
from storage.statuses import OPEN
from storage.tables import agents, attachments, conversations, deliveries, messages, touches


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A message that a delivery owes, and what is to be read beside it.

    *followed* says that more waits behind it, *files* that it has attachments, *touched* that something
    was begun with its customer before; *owner* is the Slack id of who has the conversation, or empty.
    """

    message: Message
    followed: bool
    files: bool
    touched: bool
    owner: str


async def heads(connection: AsyncConnection, delivery_ids: Sequence[int]) -> dict[int, Head]:
    """Read the messages of these deliveries, by delivery; those that have none are left out."""
    rows = await connection.execute(_heads(), {"ids": list(delivery_ids)})
    return {
        row.delivery_id: Head(
            message=made(Message, row),
            followed=row.followed,
            files=row.files,
            touched=row.touched,
            owner=row.owner or "",
        )
        for row in rows
    }


@cache
def _heads() -> Select[Any]:
    """Write the question once: it is asked at each turn, and writing it costs more than asking it."""
    behind = deliveries.alias("behind")
    is_open = behind.c.state.in_([literal_column(f"'{state}'") for state in OPEN])
    followed = select(behind.c.id).where(
        behind.c.lane == deliveries.c.lane,
        behind.c.conversation_id == deliveries.c.conversation_id,
        behind.c.id > deliveries.c.id,
        is_open,
    )
    files = select(attachments.c.id).where(attachments.c.message_id == messages.c.id)
    touched = select(touches.c.id).where(
        touches.c.customer_id == conversations.c.customer_id, touches.c.handed_at.is_not(None)
    )
    owns = and_(
        agents.c.id == conversations.c.owner_id,
        agents.c.active.is_(True),
        conversations.c.state != "resolved",
    )
    return (
        select(
            messages,
            deliveries.c.id.label("delivery_id"),
            followed.exists().label("followed"),
            files.exists().label("files"),
            touched.exists().label("touched"),
            agents.c.slack_id.label("owner"),
        )
        .select_from(deliveries)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .join(conversations, conversations.c.id == deliveries.c.conversation_id)
        .outerjoin(agents, owns)
        .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    )
