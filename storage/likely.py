"""Customers who are likely one person: they have the same phone number or mailbox. Never merged by that."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import customers, merging
from storage.keeping_consents import PHONES
from storage.tables import addresses
from storage.tables import customers as people

MAILBOX: Final = "mailto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Somebody else who has *address*, which reaches the same number or mailbox as one of the customer's."""

    customer_id: int
    name: str
    address: str


async def same(connection: AsyncConnection, customer_id: int, limit: int = 5) -> list[Likely]:
    """List who is likely the same person; who were merged and parted again are not."""
    spelled: set[str] = set()
    for way in await customers.addresses_of(connection, customer_id):
        spelled |= _spellings(way.address)
    which = (
        select(addresses.c.address, people.c.id, people.c.name)
        .join(people, people.c.id == addresses.c.customer_id)
        .where(
            addresses.c.address.in_(sorted(spelled)),
            people.c.id != customer_id,
            people.c.merged_into.is_(None),
            people.c.erased_at.is_(None),
        )
        .order_by(addresses.c.id)
    )
    found: dict[int, Likely] = {}
    for row in (await connection.execute(which.limit(4 * limit))).all():
        if row.id not in found and not await merging.parted(connection, customer_id, row.id):
            found[row.id] = Likely(customer_id=row.id, name=row.name, address=row.address)
    return list(found.values())[:limit]


def _spellings(address: str) -> set[str]:
    scheme, _, rest = address.partition(":")
    if scheme in PHONES:
        return {f"{one}:{rest}" for one in PHONES}
    return {address, address.casefold()} if scheme == MAILBOX else set()
