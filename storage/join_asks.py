"""Who asked for our messages on the page where anybody can, and what becomes of it: one code, typed or not.

An ask is an event of the customer whose address was typed; it allows nothing by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import customer_events
from storage.consents import MARKETING
from storage.ids import Ids
from storage.tables import addresses, allowances, consents, conversations, customers, messages, orders
from storage.tables import customer_events as events

KIND: Final = "join_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinAsk:
    """One ask: *wordings* are what was ticked and read, by subject; *tries* counts codes that were wrong."""

    id: int
    customer_id: int
    address_id: int
    at: datetime
    wordings: Mapping[str, str]
    tries: int
    confirmed: bool


async def keep(
    connection: AsyncConnection,
    ids: Ids,
    *,
    name: int,
    customer_id: int,
    address_id: int,
    wordings: Mapping[str, str],
    now: datetime,
) -> bool:
    """Keep an ask under a *name* of its own; says whether it was new."""
    return await customer_events.keep(
        connection,
        ids,
        customer_id=customer_id,
        kind=KIND,
        at=now,
        data={"address_id": address_id, "wordings": dict(wordings), "tries": 0, "confirmed": False},
        external_id=_key(name),
    )


async def one(connection: AsyncConnection, name: int) -> JoinAsk | None:
    """Find an ask by its name, and let nobody else change it before this transaction is over."""
    which = select(events).where(events.c.external_id == _key(name)).with_for_update()
    row = (await connection.execute(which)).one_or_none()
    return None if row is None or not row.data else _made(row)


async def at_address(
    connection: AsyncConnection, customer_id: int, address_id: int, since: datetime
) -> list[JoinAsk]:
    """List what was asked for one address after *since*, oldest first."""
    which = select(events).where(events.c.customer_id == customer_id, events.c.at > since)
    rows = await connection.execute(which.where(events.c.kind == KIND).order_by(events.c.at))
    return [ask for row in rows if row.data and (ask := _made(row)).address_id == address_id]


async def count(connection: AsyncConnection, since: datetime) -> int:
    """Count what was asked after *since*, by all together."""
    which = select(func.count()).where(events.c.kind == KIND, events.c.at > since)
    return int((await connection.execute(which)).scalar_one())


async def strangers(connection: AsyncConnection, since: datetime, until: datetime, limit: int) -> list[int]:
    """List customers of whom nothing is known but that their address was typed between two instants.

    Nobody typed the code, nothing came from them, no word about consent stands there, nobody else wrote to
    them, and nothing was asked for them later.
    """
    later = events.alias()
    asked_since = select(later.c.id).where(
        later.c.customer_id == customers.c.id, or_(later.c.kind != KIND, later.c.at > until)
    )
    mine = select(addresses.c.id).where(addresses.c.customer_id == customers.c.id)
    heard = mine.where(or_(addresses.c.last_in_at.is_not(None), addresses.c.stopped_at.is_not(None)))
    said = select(consents.c.id).where(consents.c.address_id.in_(mine))
    ordered = select(orders.c.id).where(orders.c.customer_id == customers.c.id)
    talks = select(conversations.c.id).where(conversations.c.customer_id == customers.c.id)
    spoken = select(messages.c.id).where(
        messages.c.conversation_id.in_(talks),
        or_(messages.c.direction != "out", messages.c.agent_id.is_not(None)),
    )
    bare = (customers.c.name == "", customers.c.ref.is_(None), customers.c.birth_day.is_(None))
    here = (customers.c.erased_at.is_(None), customers.c.merged_into.is_(None))
    which = (
        select(customers.c.id)
        .join(events, events.c.customer_id == customers.c.id)
        .where(events.c.kind == KIND, events.c.at > since, events.c.at <= until, *bare, *here)
        .where(*(~one.exists() for one in (asked_since, heard, said, ordered, spoken)))
        .order_by(events.c.at)
        .limit(limit)
    )
    return list(dict.fromkeys((await connection.execute(which)).scalars()))


async def change(
    connection: AsyncConnection, ask: JoinAsk, *, tries: int = 0, confirmed: bool = False
) -> None:
    """Write down how often a wrong code was typed, or that the right one was."""
    data = {
        "address_id": ask.address_id,
        "wordings": dict(ask.wordings),
        "tries": tries,
        "confirmed": confirmed,
    }
    await connection.execute(update(events).where(events.c.id == ask.id).values(data=data))


async def is_refused(connection: AsyncConnection, address_ids: Sequence[int]) -> bool:
    """Whether somebody at one of these addresses said stop, or no to marketing, and no start since."""
    stopped = select(addresses.c.id).where(
        addresses.c.id.in_(address_ids), addresses.c.stopped_at.is_not(None)
    )
    started = select(consents.c.id).where(
        consents.c.address_id == allowances.c.address_id,
        consents.c.word == "start",
        consents.c.at > allowances.c.at,
    )
    refused = select(allowances.c.address_id).where(
        allowances.c.address_id.in_(address_ids),
        allowances.c.subject == MARKETING,
        allowances.c.allowed.is_(False),
        ~started.exists(),
    )
    for which in (stopped, refused):
        if (await connection.execute(which.limit(1))).first() is not None:
            return True
    return False


def _made(row: Row[Any]) -> JoinAsk:
    data = row.data
    return JoinAsk(
        id=row.id,
        customer_id=row.customer_id,
        address_id=int(data["address_id"]),
        at=row.at,
        wordings=dict(data["wordings"]),
        tries=int(data["tries"]),
        confirmed=bool(data["confirmed"]),
    )


def _key(name: int) -> str:
    return f"join:{name}"
