"""What the rules of touches ask about a page of customers, each fact in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Address, Customer, made
from storage.tables import addresses, allowances, consents, conversations, customers, messages, orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The last word about a subject at an address; *elsewhere* says that it was said at another one."""

    subject: str
    allowed: bool
    at: datetime
    until: datetime | None
    elsewhere: bool


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of a page of customers, by their keys and those of their addresses."""

    customers: dict[int, Customer] = field(default_factory=dict)
    addresses: dict[int, list[Address]] = field(default_factory=dict)
    allowances: dict[int, list[Allowance]] = field(default_factory=dict)
    started: dict[int, datetime] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    ordered: dict[int, datetime] = field(default_factory=dict)
    stopped_numbers: set[str] = field(default_factory=set)


async def facts(
    connection: AsyncConnection, customer_ids: Collection[int], since: datetime, phones: Sequence[str] = ()
) -> Facts:
    """Read what is known of customers; what they wrote is counted from *since* on.

    *phones* are the schemes whose addresses are phone numbers: a stop at one of them is looked for at
    all of them, whoever has the address.
    """
    found = Facts()
    if not customer_ids:
        return found
    for row in await connection.execute(select(customers).where(customers.c.id.in_(customer_ids))):
        found.customers[row.id] = made(Customer, row)
    which = select(addresses).where(addresses.c.customer_id.in_(customer_ids)).order_by(addresses.c.id)
    for row in await connection.execute(which):
        found.addresses.setdefault(row.customer_id, []).append(made(Address, row))
    keys = [one.id for ones in found.addresses.values() for one in ones]
    await _consents(connection, found, keys)
    several = [key for key, ones in found.addresses.items() if len(ones) > 1]
    if several:
        found.written = await _written(connection, several, since)
    last = (
        select(orders.c.customer_id, func.max(orders.c.placed_at))
        .where(orders.c.customer_id.in_(customer_ids), orders.c.cancelled_at.is_(None))
        .group_by(orders.c.customer_id)
    )
    found.ordered = {key: at for key, at in await connection.execute(last)}  # noqa: C416
    found.stopped_numbers = await _stopped(connection, found, phones)
    return found


async def _consents(connection: AsyncConnection, found: Facts, keys: Sequence[int]) -> None:
    held = (
        select(allowances, consents.c.address_id.label("said_at"))
        .outerjoin(consents, consents.c.id == allowances.c.consent_id)
        .where(allowances.c.address_id.in_(keys))
    )
    for row in await connection.execute(held):
        told = Allowance(
            subject=row.subject,
            allowed=row.allowed,
            at=row.at,
            until=row.until,
            elsewhere=row.said_at is not None and row.said_at != row.address_id,
        )
        found.allowances.setdefault(row.address_id, []).append(told)
    started = (
        select(consents.c.address_id, func.max(consents.c.at))
        .where(consents.c.address_id.in_(keys), consents.c.word == "start")
        .group_by(consents.c.address_id)
    )
    found.started = {key: at for key, at in await connection.execute(started)}  # noqa: C416


async def _written(
    connection: AsyncConnection, customer_ids: Sequence[int], since: datetime
) -> dict[int, int]:
    counted = (
        select(messages.c.address_id, func.count())
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.customer_id.in_(customer_ids),
            messages.c.direction == "in",
            messages.c.received_at >= since,
        )
        .group_by(messages.c.address_id)
    )
    return {key: number for key, number in await connection.execute(counted)}  # noqa: C416


async def _stopped(connection: AsyncConnection, found: Facts, phones: Sequence[str]) -> set[str]:
    """Name the numbers of these customers at which anybody's address is stopped."""
    numbers = {
        rest
        for ones in found.addresses.values()
        for scheme, _, rest in (one.address.partition(":") for one in ones)
        if scheme in phones
    }
    if not numbers:
        return set()
    spelled = [f"{scheme}:{number}" for number in numbers for scheme in phones]
    which = select(addresses.c.address).where(
        addresses.c.address.in_(spelled), addresses.c.stopped_at.is_not(None)
    )
    return {text.partition(":")[2] for text in (await connection.execute(which)).scalars()}
