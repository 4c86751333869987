"""Words that may be a wish for no more messages, until an agent has looked at them.

The ledger of consent says it all: a word that is marked for review, and no word of an agent about that
address after it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, consents

NOT_SO: Final = "not_so"
"""An agent's word in the ledger: they meant something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer wrote at one of their addresses, and when."""

    consent_id: int
    address_id: int
    channel: str
    wording: str
    at: datetime


async def open_of(connection: AsyncConnection, customer_id: int) -> Wish | None:
    """Find the last of a customer's words that an agent should look at; none where they said stop since."""
    row = (await connection.execute(_open(), {"customer": customer_id})).first()
    if row is None:
        return None
    return Wish(
        consent_id=row.id,
        address_id=row.address_id,
        channel=row.channel,
        wording=row.wording,
        at=row.at,
    )


@cache
def _open() -> Select[Any]:
    """Write the question once: each page of a conversation asks it."""
    later = consents.alias("later")
    looked = select(later.c.id).where(
        later.c.address_id == consents.c.address_id, later.c.id > consents.c.id, later.c.agent_id.is_not(None)
    )
    return (
        select(consents)
        .join(addresses, addresses.c.id == consents.c.address_id)
        .where(
            addresses.c.customer_id == bindparam("customer"),
            addresses.c.stopped_at.is_(None),
            consents.c.review.is_(True),
            ~looked.exists(),
        )
        .order_by(consents.c.id.desc())
        .limit(1)
    )
