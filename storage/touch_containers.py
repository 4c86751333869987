"""Where the message of a touch stands: in the matter that goes on, or in one that opens nothing."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import Conversation, made
from storage.tables import conversations, messages
from storage.touch_states import ANSWERED_WITHIN, BY_TOUCH

PREVIEW: Final = 200


async def container(
    connection: AsyncConnection,
    ids: Ids,
    *,
    customer_id: int,
    address_id: int,
    channel: str,
    team: str,
    reopen_within: timedelta,
    now: datetime,
) -> int:
    """Find the conversation in which a reply to a touch would land, or make one that is resolved."""
    which = (
        select(conversations)
        .where(conversations.c.customer_id == customer_id, conversations.c.merged_into.is_(None))
        .order_by(conversations.c.state == "resolved", conversations.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(which)).one_or_none()
    last = None if row is None else made(Conversation, row)
    if last is not None and _takes(last, reopen_within, now):
        return last.id
    key = ids.next()
    values = {
        "id": key,
        "customer_id": customer_id,
        "address_id": address_id,
        "channel": channel,
        "team": team,
        "state": "resolved",
        "previous_id": None if last is None else last.id,
        "opened_at": now,
        "last_at": now,
        "last_direction": "out",
        "resolved_at": now,
        "resolve_reason": BY_TOUCH,
    }
    await connection.execute(conversations.insert().values(**values))
    return key


def _takes(last: Conversation, reopen_within: timedelta, now: datetime) -> bool:
    if last.state != "resolved" or last.resolved_at is None:
        return True
    within = ANSWERED_WITHIN if last.resolve_reason == BY_TOUCH else reopen_within
    return now - last.resolved_at <= within


async def add_message(
    connection: AsyncConnection,
    ids: Ids,
    conversation_id: int,
    *,
    address_id: int,
    channel: str,
    text: str,
    status: str,
    now: datetime,
    subject: str = "",
) -> int:
    """Keep the words of a touch; the conversation's owner, state and waiting stay as they are.

    A *subject* stands above them where the channel shows one.
    """
    key = ids.next()
    values: dict[str, Any] = {
        "id": key,
        "conversation_id": conversation_id,
        "direction": "out",
        "channel": channel,
        "external_id": f"ours:{key}",
        "address_id": address_id,
        "text": text,
        "subject": subject,
        "sent_at": now,
        "received_at": now,
        "status": status,
        "status_at": now,
    }
    await connection.execute(messages.insert().values(**values))
    mine = update(conversations).where(conversations.c.id == conversation_id)
    await connection.execute(mine.values(revision=conversations.c.revision + 1))
    # Who waits is shown by their own last words; what is over shows ours.
    shown = {"last_at": now, "last_text": text[:PREVIEW], "last_direction": "out"}
    await connection.execute(
        mine.where(conversations.c.waiting_since.is_(None), conversations.c.state == "resolved").values(
            **shown
        )
    )
    await connection.execute(
        mine.where(conversations.c.resolve_reason == BY_TOUCH, conversations.c.state == "resolved").values(
            resolved_at=now, address_id=address_id, channel=channel
        )
    )
    return key
