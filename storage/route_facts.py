"""What is known of one conversation when it is decided who gets it, and what was decided before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import row_by
from storage.rows import made
from storage.tables import conversations, happenings, messages, orders, routed

WORDS = 20  # messages of the customer that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What was decided of a conversation, see `storage.tables.routed`."""

    conversation_id: int
    since: datetime | None
    decided_at: datetime
    rule: str
    priority: int
    tags: Any
    skill: str
    reply: str
    reply_due_at: datetime | None
    warn_at: datetime | None
    resolve_due_at: datetime | None
    waits_for: int | None
    waits_until: datetime | None
    assigned_at: datetime | None
    reasons: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """How many orders a customer has that stand, and when the last was placed."""

    number: int
    last_at: datetime | None


async def decided(connection: AsyncConnection, conversation_id: int) -> Routed | None:
    """Find what was decided of a conversation; None where nothing was yet."""
    row = await row_by(connection, routed.c.conversation_id, conversation_id)
    return None if row is None else made(Routed, row)


async def words(connection: AsyncConnection, conversation_id: int) -> str:
    """Give what the customer said last in a conversation, oldest first, a line each message."""
    rows = (await connection.execute(_words(), {"conversation": conversation_id})).scalars().all()
    return "\n".join(reversed(rows))


async def last_agent(connection: AsyncConnection, customer_id: int) -> int | None:
    """Find the agent who last answered a customer, in any conversation."""
    found: int | None = (await connection.execute(_last_agent(), {"customer": customer_id})).scalar()
    return found


async def answered(connection: AsyncConnection, conversation_id: int) -> bool:
    """Say whether an agent has answered in a conversation."""
    which = exists().where(
        messages.c.conversation_id == conversation_id,
        messages.c.direction == "out",
        messages.c.agent_id.is_not(None),
    )
    return bool((await connection.execute(select(which))).scalar())


async def moves(connection: AsyncConnection, conversation_id: int) -> Sequence[Any]:
    """List the data of each time an agent handed a conversation over, oldest first."""
    which = (
        select(happenings.c.data)
        .where(
            happenings.c.conversation_id == conversation_id,
            happenings.c.kind == "handed_over",
            happenings.c.agent_id.is_not(None),
        )
        .order_by(happenings.c.id)
    )
    return (await connection.execute(which)).scalars().all()


async def bought(connection: AsyncConnection, customer_id: int) -> Bought:
    """Count the orders of a customer that were not cancelled."""
    which = select(func.count().label("number"), func.max(orders.c.placed_at).label("last_at")).where(
        orders.c.customer_id == customer_id, orders.c.cancelled_at.is_(None)
    )
    row = (await connection.execute(which)).one()
    return Bought(number=row.number, last_at=row.last_at)


@cache
def _words() -> Select[Any]:
    return (
        select(messages.c.text)
        .where(
            messages.c.conversation_id == bindparam("conversation"),
            messages.c.direction == "in",
            messages.c.deleted_at.is_(None),
        )
        .order_by(messages.c.id.desc())
        .limit(WORDS)
    )


@cache
def _last_agent() -> Select[Any]:
    return (
        select(messages.c.agent_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.customer_id == bindparam("customer"),
            messages.c.direction == "out",
            messages.c.agent_id.is_not(None),
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )
