"""What the rules of touches ask about a page of customers, each fact in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among, among_told, told
from storage.rows import Address, Customer
from storage.tables import addresses, allowances, consents, conversations, customers, messages, orders

T = TypeVar("T")


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
    for one in await _all(connection, Customer, customers, customers.c.id, customer_ids):
        found.customers[one.id] = one
    for each in await _all(connection, Address, addresses, addresses.c.customer_id, customer_ids):
        found.addresses.setdefault(each.customer_id, []).append(each)
    keys = [one.id for ones in found.addresses.values() for one in ones]
    await _consents(connection, found, keys)
    several = [key for key, ones in found.addresses.items() if len(ones) > 1]
    if several:
        found.written = await _written(connection, several, since)
    rows = await connection.execute(_ordered(connection.dialect.name), told(connection, customer_ids))
    found.ordered = {key: at for key, at in rows.all()}  # noqa: C416
    found.stopped_numbers = await _stopped(connection, found, phones)
    return found


async def _all(
    connection: AsyncConnection,
    kind: type[T],
    table: Table,
    column: ColumnElement[Any],
    keys: Collection[int],
) -> list[T]:
    """Read the rows whose *column* is one of *keys*, by their own keys."""
    names = tuple(one.name for one in fields(cast(Any, kind)))
    asked = _rows(connection.dialect.name, names, table, column)
    rows = await connection.execute(asked, told(connection, keys))
    return [kind(**dict(zip(names, row, strict=True))) for row in rows.all()]


@cache
def _rows(dialect: str, names: tuple[str, ...], table: Table, column: ColumnElement[Any]) -> Select[Any]:
    """Write the question once, like all of these: writing it costs more than asking."""
    which = select(*(table.c[name] for name in names))
    return which.where(among_told(dialect, column)).order_by(table.c.id)


@cache
def _ordered(dialect: str) -> Select[Any]:
    return (
        select(orders.c.customer_id, func.max(orders.c.placed_at))
        .where(among_told(dialect, orders.c.customer_id), orders.c.cancelled_at.is_(None))
        .group_by(orders.c.customer_id)
    )


async def _consents(connection: AsyncConnection, found: Facts, keys: Sequence[int]) -> None:
    dialect, listed = connection.dialect.name, told(connection, keys)
    rows = await connection.execute(_held(dialect), listed)
    for key, subject, allowed, at, until, said_at in rows.all():
        elsewhere = said_at is not None and said_at != key
        word = Allowance(subject=subject, allowed=allowed, at=at, until=until, elsewhere=elsewhere)
        found.allowances.setdefault(key, []).append(word)
    rows = await connection.execute(_started(dialect), listed)
    found.started = {key: at for key, at in rows.all()}  # noqa: C416


@cache
def _held(dialect: str) -> Select[Any]:
    return (
        select(
            *(allowances.c.address_id, allowances.c.subject, allowances.c.allowed, allowances.c.at),
            *(allowances.c.until, consents.c.address_id),
        )
        .outerjoin(consents, consents.c.id == allowances.c.consent_id)
        .where(among_told(dialect, allowances.c.address_id))
    )


@cache
def _started(dialect: str) -> Select[Any]:
    return (
        select(consents.c.address_id, func.max(consents.c.at))
        .where(among_told(dialect, consents.c.address_id), consents.c.word == "start")
        .group_by(consents.c.address_id)
    )


async def _written(
    connection: AsyncConnection, customer_ids: Sequence[int], since: datetime
) -> dict[int, int]:
    counted = (
        select(messages.c.address_id, func.count())
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            among(connection, conversations.c.customer_id, customer_ids),
            messages.c.direction == "in",
            messages.c.received_at >= since,
        )
        .group_by(messages.c.address_id)
    )
    return {key: number for key, number in (await connection.execute(counted)).all()}  # noqa: C416


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
    rows = await connection.execute(_stopped_among(connection.dialect.name), told(connection, spelled))
    return {text.partition(":")[2] for text in rows.scalars()}


@cache
def _stopped_among(dialect: str) -> Select[Any]:
    which = select(addresses.c.address).where(among_told(dialect, addresses.c.address))
    return which.where(addresses.c.stopped_at.is_not(None))
