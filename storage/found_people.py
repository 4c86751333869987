"""Finding customers: by name, by a part of an address, by a number of the shop's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import indexing
from storage.among import among
from storage.batch import storable
from storage.desk import QueueRow, rows
from storage.likeness import like
from storage.rows import made
from storage.tables import addresses, conversations, customers, orders
from storage.terms import PREFIX, terms

LOOKED_AT: Final = 200  # matches of one index, the newest
UNREAD: Final = 1_000  # customers whom the indexes have not read yet
PHONE: Final = frozenset("+0123456789 -./()")
ORDER: Final = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCustomer:
    """A customer with the first of their addresses, empty if they have none."""

    customer_id: int
    name: str
    address: str


async def people(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[FoundCustomer]:
    """Find customers by words of a name they have or had, by an address or a part of it, by their number.

    The shop's number for them and the number of an order are found whole. Who became one with another is
    found as the other.
    """
    words = storable(words).strip()
    if not words:
        return []
    exact = await _by_number(connection, words)
    named = await _begun(connection, indexing.NAMES, terms(words))
    reached = await _whose(connection, await _begun(connection, indexing.WAYS, _way(words)))
    fresh = await _unread(connection, words)
    found = await _standing(connection, [*exact, *named, *reached, *fresh])
    first = set(await _into(connection, exact))
    ordered = sorted(found, key=lambda one: (one.customer_id not in first, one.name, one.customer_id))
    return ordered[:limit]


async def latest_of(connection: AsyncConnection, customer_ids: Sequence[int]) -> list[QueueRow]:
    """List the latest conversation of each customer, last said first."""
    latest = (
        select(func.max(conversations.c.id))
        .where(among(connection, conversations.c.customer_id, customer_ids))
        .where(conversations.c.merged_into.is_(None))
        .group_by(conversations.c.customer_id)
    )
    which = rows().where(conversations.c.id.in_(latest)).order_by(conversations.c.last_at.desc())
    return [made(QueueRow, row) for row in await connection.execute(which)]


async def others_of(
    connection: AsyncConnection, customer_id: int, but: int, *, limit: int = 10
) -> list[QueueRow]:
    """List the customer's other conversations, latest first."""
    which = (
        rows()
        .where(conversations.c.customer_id == customer_id, conversations.c.id != but)
        .order_by(conversations.c.id.desc())
        .limit(limit)
    )
    return [made(QueueRow, row) for row in await connection.execute(which)]


async def _by_number(connection: AsyncConnection, words: str) -> list[int]:
    mine = select(customers.c.id).where(customers.c.ref == words)
    bought = select(orders.c.customer_id).where(
        or_(orders.c.number == words, orders.c.number == words.removeprefix(ORDER))
    )
    return [
        *(await connection.execute(mine)).scalars(),
        *(await connection.execute(bought.limit(5))).scalars(),
    ]


async def _begun(connection: AsyncConnection, index: str, wanted: Sequence[str]) -> list[int]:
    """Find the rows of an index in which each term begins something, the newest first."""
    if not wanted:
        return []
    ours = indexing.dialect(connection)
    asked = text(ours.STARTING.format(index=index))
    found = await connection.execute(asked, {"asked": ours.begun(wanted), "most": LOOKED_AT})
    return list(found.scalars())


def _way(words: str) -> list[str]:
    """Read a phone number however it is spaced, without the zeros that a country drops; else terms."""
    if all(one in PHONE for one in words):
        digits = "".join(one for one in words if one.isdecimal()).lstrip("0")
        return [digits] if len(digits) >= PREFIX else []
    return terms(words)


async def _whose(connection: AsyncConnection, address_ids: Sequence[int]) -> list[int]:
    which = select(addresses.c.customer_id).where(among(connection, addresses.c.id, address_ids))
    return list((await connection.execute(which)).scalars()) if address_ids else []


async def _unread(connection: AsyncConnection, words: str) -> list[int]:
    """Look through who came or wrote from a new address since the indexes were read, a few at most."""
    on = connection.dialect.name
    by_name = await _tail(connection, customers, indexing.NAMES)
    by_way = await _tail(connection, addresses, indexing.WAYS)
    named = and_(*(like(customers.c.name, word, on) for word in words.split()))
    at = like(addresses.c.address, "".join(words.split()), on)  # a number is kept without spaces
    fresh = select(customers.c.id).where(among(connection, customers.c.id, by_name), named)
    there = select(addresses.c.customer_id).where(among(connection, addresses.c.id, by_way), at)
    return [
        *((await connection.execute(fresh)).scalars() if by_name else ()),
        *((await connection.execute(there)).scalars() if by_way else ()),
    ]


async def _tail(connection: AsyncConnection, table: Any, index: str) -> list[int]:
    after = await indexing.last(connection, index)
    which = select(table.c.id).where(table.c.id > after).order_by(table.c.id.desc()).limit(UNREAD)
    return list((await connection.execute(which)).scalars())


async def _into(connection: AsyncConnection, customer_ids: Iterable[int]) -> dict[int, None]:
    """Follow customers to whom they became."""
    found, fresh = dict[int, None](), list(customer_ids)
    while fresh:
        which = select(customers.c.id, customers.c.merged_into).where(
            among(connection, customers.c.id, fresh)
        )
        went: Mapping[int, int | None] = {row.id: row.merged_into for row in await connection.execute(which)}
        found.update(dict.fromkeys(key for key in fresh if went.get(key) is None))
        fresh = [into for into in went.values() if into is not None and into not in found]
    return found


async def _standing(connection: AsyncConnection, customer_ids: Sequence[int]) -> list[FoundCustomer]:
    keys = list(await _into(connection, dict.fromkeys(customer_ids)))
    first = select(func.min(addresses.c.address)).where(addresses.c.customer_id == customers.c.id)
    which = select(customers.c.id, customers.c.name, first.scalar_subquery().label("address")).where(
        among(connection, customers.c.id, keys), customers.c.erased_at.is_(None)
    )
    found = await connection.execute(which) if keys else ()
    return [FoundCustomer(customer_id=row.id, name=row.name, address=row.address or "") for row in found]
