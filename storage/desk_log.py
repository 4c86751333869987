"""What the desk asks about one conversation: what was said and befell, its customer, what is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import consents, route_facts
from storage.route_facts import Routed
from storage.rows import (
    Address,
    AttachmentRow,
    Conversation,
    Customer,
    Delivery,
    Happening,
    Message,
    made,
)
from storage.statuses import FAILED, PERHAPS
from storage.tables import (
    addresses,
    agents,
    attachments,
    conversations,
    customers,
    deliveries,
    happenings,
    messages,
)

LOG_PAGE = 60
STUCK_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A stretch of a conversation, oldest first; *earlier* says that there is more before it."""

    messages: Sequence[Message]
    attachments: Mapping[int, Sequence[AttachmentRow]]
    happenings: Sequence[Happening]
    earlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A conversation with its customer and the ways to reach them.

    *allowed* is what they said yes or no to, by address and subject.
    """

    conversation: Conversation
    customer: Customer
    addresses: Sequence[Address]
    allowed: Mapping[tuple[int, str], bool] = field(default_factory=dict)
    decided: Routed | None = None

    @property
    def address(self) -> Address:
        """The address over which this conversation runs."""
        return next(one for one in self.addresses if one.id == self.conversation.address_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A delivery that failed or was perhaps sent, with whom and what it was for."""

    delivery: Delivery
    customer_name: str
    address: str
    text: str


async def about(connection: AsyncConnection, conversation_id: int) -> About | None:
    """Find a conversation with its customer."""
    found = await connection.execute(select(conversations).where(conversations.c.id == conversation_id))
    row = found.one_or_none()
    if row is None:
        return None
    conversation = made(Conversation, row)
    who = await connection.execute(select(customers).where(customers.c.id == conversation.customer_id))
    ways = await connection.execute(
        select(addresses)
        .where(addresses.c.customer_id == conversation.customer_id)
        .order_by(addresses.c.id)
        .limit(50)
    )
    return About(
        conversation=conversation,
        customer=made(Customer, who.one()),
        addresses=[made(Address, row) for row in ways],
        allowed=await consents.allowed(connection, conversation.customer_id),
        decided=await route_facts.decided(connection, conversation.id),
    )


async def log(
    connection: AsyncConnection, conversation_id: int, *, before: int | None = None, limit: int = LOG_PAGE
) -> Log:
    """Read the last *limit* messages before the key *before*, and what befell meanwhile."""
    said = select(messages).where(messages.c.conversation_id == conversation_id)
    befell = select(happenings).where(happenings.c.conversation_id == conversation_id)
    if before is not None:
        said, befell = said.where(messages.c.id < before), befell.where(happenings.c.id < before)
    rows = (await connection.execute(said.order_by(messages.c.id.desc()).limit(limit + 1))).all()
    earlier = len(rows) > limit
    found = [made(Message, row) for row in reversed(rows[:limit])]
    if earlier:
        befell = befell.where(happenings.c.id > found[0].id)
    events = await connection.execute(befell.order_by(happenings.c.id.desc()).limit(2 * limit))
    return Log(
        messages=found,
        attachments=await attached(connection, [message.id for message in found]),
        happenings=[made(Happening, row) for row in reversed(events.all())],
        earlier=earlier,
    )


async def attached(
    connection: AsyncConnection, message_ids: Sequence[int]
) -> Mapping[int, Sequence[AttachmentRow]]:
    """List the attachments of messages, by message."""
    by_message: dict[int, list[AttachmentRow]] = {}
    if message_ids:
        which = select(attachments).where(attachments.c.message_id.in_(message_ids))
        for row in await connection.execute(which.order_by(attachments.c.message_id, attachments.c.position)):
            by_message.setdefault(row.message_id, []).append(made(AttachmentRow, row))
    return by_message


async def conversation_of(connection: AsyncConnection, message_id: int) -> int | None:
    """Say to which conversation a message belongs."""
    found = await connection.execute(select(messages.c.conversation_id).where(messages.c.id == message_id))
    conversation_id: int | None = found.scalar_one_or_none()
    return conversation_id


async def names_of_others(connection: AsyncConnection, known: Sequence[int]) -> dict[int, str]:
    """Name the agents whose keys are not *known*: those who left."""
    found = await connection.execute(select(agents.c.id, agents.c.name).where(agents.c.id.not_in(known)))
    return {row.id: row.name for row in found}


async def said_since(connection: AsyncConnection, conversation_id: int, key: int, agent_id: int) -> str:
    """Return what a colleague answered after the message *key*; empty where nobody did."""
    which = (
        select(messages.c.text)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.id > key,
            messages.c.direction == "out",
            messages.c.agent_id.is_not(None),
            messages.c.agent_id != agent_id,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    text: str | None = (await connection.execute(which)).scalar_one_or_none()
    return text or ""


async def stuck(
    connection: AsyncConnection, *, before: int | None = None, limit: int = STUCK_PAGE
) -> list[Stuck]:
    """List what failed or was perhaps sent, newest first."""
    which = (
        select(deliveries, customers.c.name.label("customer_name"), addresses.c.address, _words())
        .select_from(
            deliveries.join(conversations, conversations.c.id == deliveries.c.conversation_id)
            .join(customers, customers.c.id == conversations.c.customer_id)
            .join(addresses, addresses.c.id == conversations.c.address_id)
            .outerjoin(messages, messages.c.id == deliveries.c.message_id)
        )
        .where(deliveries.c.state.in_((FAILED, PERHAPS)))
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        which = which.where(deliveries.c.id < before)
    return [
        Stuck(
            delivery=made(Delivery, row),
            customer_name=row.customer_name,
            address=row.address,
            text=row.words or "",
        )
        for row in await connection.execute(which)
    ]


def _words() -> Any:
    return func.coalesce(messages.c.text, deliveries.c.text).label("words")


async def mark_unread(connection: AsyncConnection, conversation_id: int) -> bool:
    """Show a conversation as unread until it is read again; False where there is none."""
    changed = await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(unread=func.coalesce(func.nullif(conversations.c.unread, 0), 1))
    )
    return changed.rowcount == 1
