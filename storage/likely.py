"""Customers who are likely one person: by number, mailbox or a provider's word. Never merged by that."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import customers, merging
from storage.keeping_consents import PHONES
from storage.keeping_people import ONE_PERSON
from storage.tables import addresses, seen
from storage.tables import customers as people

MAILBOX: Final = "mailto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Somebody else whose *address* is likely the customer's: the same number or mailbox, or so told."""

    customer_id: int
    name: str
    address: str


async def same(connection: AsyncConnection, customer_id: int, limit: int = 5) -> list[Likely]:
    """List who is likely the same person; who were merged and parted again are not."""
    spelled: set[str] = set()
    ways = await customers.addresses_of(connection, customer_id)
    for way in ways:
        spelled |= _spellings(way.address)
    scopes = [f"{ONE_PERSON}{way.id}" for way in ways]
    told = [int(key) for key in (await connection.execute(_told(), {"scopes": scopes})).scalars()]
    if not (spelled or told):
        return []
    wanted = {"spelled": sorted(spelled), "told": told, "customer": customer_id, "most": 4 * limit}
    found: dict[int, Likely] = {}
    for row in (await connection.execute(_same(), wanted)).all():
        if row.id not in found and not await merging.parted(connection, customer_id, row.id):
            found[row.id] = Likely(customer_id=row.id, name=row.name, address=row.address)
    return list(found.values())[:limit]


@cache
def _told() -> Select[Any]:
    """Write the question once: each card and each page of a conversation asks it."""
    return select(seen.c.key).where(seen.c.scope.in_(bindparam("scopes", expanding=True)))


@cache
def _same() -> Select[Any]:
    """Write the question once, as that."""
    spelled = addresses.c.address.in_(bindparam("spelled", expanding=True))
    told = addresses.c.id.in_(bindparam("told", expanding=True))
    return (
        select(addresses.c.address, people.c.id, people.c.name)
        .join(people, people.c.id == addresses.c.customer_id)
        .where(
            or_(spelled, told),
            people.c.id != bindparam("customer"),
            people.c.merged_into.is_(None),
            people.c.erased_at.is_(None),
        )
        .order_by(addresses.c.id)
        .limit(bindparam("most"))
    )


def _spellings(address: str) -> set[str]:
    scheme, _, rest = address.partition(":")
    if scheme in PHONES:
        return {f"{one}:{rest}" for one in PHONES}
    return {address, address.casefold()} if scheme == MAILBOX else set()
