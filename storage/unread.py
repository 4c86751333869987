"""Failures that nobody has taken in: the author has done nothing since, and nobody has answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.statuses import FAILED, PERHAPS
from storage.tables import agents, conversations, customers, deliveries, happenings, messages

# Written as literals: SQLite uses a partial index only for a condition it can read.
IS_STUCK = deliveries.c.state.in_([literal_column(f"'{state}'") for state in (FAILED, PERHAPS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An answer that failed or was perhaps sent, its first failed part, and who wrote it (Slack id)."""

    delivery_id: int
    message_id: int
    conversation_id: int
    author: str
    customer: str
    channel: str
    text: str
    state: str
    code: str
    reason: str
    ended_at: datetime


async def failures(connection: AsyncConnection, since: datetime, before: datetime) -> list[Unread]:
    """List what failed between two instants and is unread, oldest first, one a message."""
    later = messages.alias("later")
    answered = exists().where(
        later.c.conversation_id == messages.c.conversation_id,
        later.c.id > messages.c.id,
        later.c.sent_at > deliveries.c.ended_at,
        or_(
            later.c.direction == "out",
            and_(later.c.direction == "note", later.c.agent_id == messages.c.agent_id),
        ),
    )
    dealt_with = exists().where(
        happenings.c.conversation_id == messages.c.conversation_id,
        happenings.c.agent_id == messages.c.agent_id,
        happenings.c.at > deliveries.c.ended_at,
    )
    columns: list[ColumnElement[Any]] = [
        deliveries.c.id.label("delivery_id"),
        *(deliveries.c[name] for name in ("message_id", "state", "code", "reason", "ended_at")),
        *(messages.c[name] for name in ("conversation_id", "channel", "text")),
        agents.c.slack_id.label("author"),
        customers.c.name.label("customer"),
    ]
    which = (
        select(*columns)
        .select_from(
            deliveries.join(messages, messages.c.id == deliveries.c.message_id)
            .join(agents, agents.c.id == messages.c.agent_id)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .join(customers, customers.c.id == conversations.c.customer_id)
        )
        .where(IS_STUCK, deliveries.c.kind == "message", deliveries.c.ended_at.between(since, before))
        .where(messages.c.direction == "out", messages.c.deleted_at.is_(None))
        .where(agents.c.active.is_(True), agents.c.slack_id != "", conversations.c.state != "resolved")
        .where(~answered, ~dealt_with)
        .order_by(deliveries.c.id)
    )
    first: dict[int, Unread] = {}
    for row in await connection.execute(which):
        first.setdefault(row.message_id, made(Unread, row))
    return list(first.values())


async def message_at(connection: AsyncConnection, lane: str, external_id: str) -> int | None:
    """Find the message whose failure a lane tells of in its post *external_id*."""
    which = select(deliveries.c.message_id).where(
        deliveries.c.lane == lane, deliveries.c.external_id == external_id, deliveries.c.kind == "failure"
    )
    return (await connection.execute(which)).scalars().first()
