"""What there is of a customer: where their words lie, and how much of everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import laters, merging
from storage.tables import (
    addresses,
    attachments,
    conversations,
    customers,
    messages,
    orders,
    promises,
    slack_posts,
    touches,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Where a customer's words lie: keys, addresses, the shop's numbers, files.

    *posts* are what agents wrote in Slack themselves, by Slack channel and ts.
    """

    customers: Sequence[int]
    addresses: Sequence[str]
    refs: Sequence[str]
    files: Sequence[str]
    posts: Sequence[tuple[str, str]]


async def traces(connection: AsyncConnection, customer_id: int) -> Traces:
    """Find what is to go with a customer and with those who were joined to them."""
    everybody = await merging.everybody(connection, customer_id)
    theirs = select(conversations.c.id).where(conversations.c.customer_id.in_(everybody))
    said = select(messages.c.id).where(messages.c.conversation_id.in_(theirs))
    spelled = select(addresses.c.address).where(addresses.c.customer_id.in_(everybody))
    refs = select(customers.c.ref).where(customers.c.id.in_(everybody), customers.c.ref.is_not(None))
    files = select(attachments.c.path).where(attachments.c.message_id.in_(said), attachments.c.path != "")
    posts = select(slack_posts.c.slack_channel, slack_posts.c.ts).where(
        slack_posts.c.message_id.in_(said), slack_posts.c.by_agent.is_(True)
    )
    return Traces(
        customers=everybody,
        addresses=list((await connection.execute(spelled.order_by(addresses.c.id))).scalars()),
        refs=[ref for ref in (await connection.execute(refs)).scalars() if ref],
        files=[*(await connection.execute(files)).scalars(), *await laters.paths(connection, theirs)],
        posts=[(row.slack_channel, row.ts) for row in await connection.execute(posts.distinct())],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is of a customer, or was."""

    conversations: int
    messages: int
    files: int
    addresses: int
    orders: int
    touches: int
    promises: int


async def counts(connection: AsyncConnection, everybody: Sequence[int]) -> Counts:
    """Count what is kept of the customers *everybody*."""
    theirs = select(conversations.c.id).where(conversations.c.customer_id.in_(everybody))
    said = select(messages.c.id).where(messages.c.conversation_id.in_(theirs))

    async def of(table: Any, which: Any) -> int:
        asked = select(func.count()).select_from(table).where(which)
        return int((await connection.execute(asked)).scalar_one())

    return Counts(
        conversations=await of(conversations, conversations.c.customer_id.in_(everybody)),
        messages=await of(messages, messages.c.conversation_id.in_(theirs)),
        files=await of(attachments, attachments.c.message_id.in_(said)),
        addresses=await of(addresses, addresses.c.customer_id.in_(everybody)),
        orders=await of(orders, orders.c.customer_id.in_(everybody)),
        touches=await of(touches, touches.c.customer_id.in_(everybody)),
        promises=await of(promises, promises.c.customer_id.in_(everybody)),
    )
