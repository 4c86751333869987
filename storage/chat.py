"""What a visitor of the web chat may see: what was said with their own address, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import AttachmentRow, made
from storage.statuses import ASKING, DELIVERED, PERHAPS, READ, SENDING, SENT
from storage.tables import addresses, agents, attachments, conversations, deliveries, messages

SHOWN = (SENDING, ASKING, PERHAPS, SENT, DELIVERED, READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message as its visitor sees it.

    *mine* says that the visitor said it; *seen* that the other side read it. *keys* are the external
    ids of the deliveries that brought it, for receipts. *agent_name* is empty where nobody of us wrote it.
    """

    id: int
    mine: bool
    seen: bool
    external_id: str
    text: str
    agent_name: str
    agent_here: bool
    status: str
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    keys: tuple[str, ...]
    files: tuple[AttachmentRow, ...]


async def said_with(
    connection: AsyncConnection,
    channel: str,
    address: str,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ChatMessage]:
    """List what was said with *address* on *channel*, oldest first.

    With *after* the first ones behind that key, else the last ones (before the key *before*).
    Notes, answers that were not handed over yet and other addresses of the customer are left out.
    """
    which = (
        select(messages, agents.c.name.label("agent_name"), agents.c.available)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(addresses.c.address == address, messages.c.channel == channel, _visible(channel))
    )
    if after is not None:
        which = which.where(messages.c.id > after).order_by(messages.c.id)
    else:
        which = which.order_by(messages.c.id.desc())
    if before is not None:
        which = which.where(messages.c.id < before)
    rows: Sequence[Row[Any]] = (await connection.execute(which.limit(limit))).all()
    rows = sorted(rows, key=lambda row: int(row.id))
    ids = [row.id for row in rows]
    keys = await _keys(connection, channel, ids)
    files = await _files(connection, ids)
    unseen = await _unseen(connection, {row.conversation_id for row in rows})
    return [_made(row, keys.get(row.id, ()), files.get(row.id, ()), row.id in unseen) for row in rows]


async def addresses_of(connection: AsyncConnection, channel: str, conversation_id: int) -> list[str]:
    """List the addresses on *channel* of the customer of a conversation."""
    which = (
        select(addresses.c.address)
        .join(conversations, conversations.c.customer_id == addresses.c.customer_id)
        .where(conversations.c.id == conversation_id, addresses.c.channel == channel)
    )
    return list((await connection.execute(which)).scalars())


async def agent_name(connection: AsyncConnection, agent_id: int) -> str:
    """Return an agent's name, or an empty text."""
    which = select(agents.c.name).where(agents.c.id == agent_id)
    return (await connection.execute(which)).scalar_one_or_none() or ""


def _visible(channel: str) -> ColumnElement[bool]:
    handed_over = exists().where(
        deliveries.c.message_id == messages.c.id,
        deliveries.c.lane == channel,
        deliveries.c.kind == "message",
        deliveries.c.state.in_(SHOWN),
    )
    return or_(messages.c.direction == "in", and_(messages.c.direction == "out", handed_over))


async def _keys(connection: AsyncConnection, channel: str, ids: list[int]) -> dict[int, tuple[str, ...]]:
    which = (
        select(deliveries.c.message_id, deliveries.c.key)
        .where(deliveries.c.message_id.in_(ids), deliveries.c.lane == channel, deliveries.c.kind == "message")
        .order_by(deliveries.c.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for message_id, key in await connection.execute(which):
        found[message_id] = (*found.get(message_id, ()), key)
    return found


async def _files(connection: AsyncConnection, ids: list[int]) -> dict[int, tuple[AttachmentRow, ...]]:
    which = (
        select(attachments)
        .where(attachments.c.message_id.in_(ids))
        .order_by(attachments.c.message_id, attachments.c.position)
    )
    found: dict[int, tuple[AttachmentRow, ...]] = {}
    for row in await connection.execute(which):
        found[row.message_id] = (*found.get(row.message_id, ()), made(AttachmentRow, row))
    return found


async def _unseen(connection: AsyncConnection, ids: set[int]) -> set[int]:
    """Find what the customer said and nobody of us has read: the last ones, as many as are unread."""
    which = select(conversations.c.id, conversations.c.unread).where(
        conversations.c.id.in_(ids), conversations.c.unread > 0
    )
    found: set[int] = set()
    for conversation_id, unread in (await connection.execute(which)).all():
        last = (
            select(messages.c.id)
            .where(messages.c.conversation_id == conversation_id, messages.c.direction == "in")
            .order_by(messages.c.id.desc())
            .limit(unread)
        )
        found.update((await connection.execute(last)).scalars())
    return found


def _made(
    row: Row[Any], keys: tuple[str, ...], files: tuple[AttachmentRow, ...], unseen: bool
) -> ChatMessage:
    mine = row.direction == "in"
    deleted = row.deleted_at is not None
    return ChatMessage(
        id=row.id,
        mine=mine,
        seen=not unseen if mine else row.status == READ,
        external_id=row.external_id or "",
        text="" if deleted else row.text,
        agent_name=row.agent_name or "",
        agent_here=bool(row.available),
        status=row.status,
        at=row.received_at if mine else row.sent_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        keys=() if mine else keys,
        files=() if deleted else files,
    )
