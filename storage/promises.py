"""Questions about promises: what an agent said we would do, by when, and whether it was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import conversations, customers, promises

OPEN: Final = "open"
KEPT: Final = "kept"
BROKEN: Final = "broken"
WITHDRAWN: Final = "withdrawn"
GRACE: Final = timedelta(minutes=15)
"""How long after the due time saying that it is kept means kept in time: people say so afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What we said we would do; state is open, kept, broken or withdrawn.

    *missed_at* is the due time that had passed when it was put off. *follows* says that it goes to
    whoever has the conversation next. *told_before_at*, *told_due_at* and *told_lead_at* are when the
    owner was reminded and the lead told.
    """

    id: int
    customer_id: int
    conversation_id: int
    message_id: int | None
    owner_id: int
    made_by: int
    text: str
    due_at: datetime
    state: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: int | None = None
    missed_at: datetime | None = None
    follows: bool = False
    told_before_at: datetime | None = None
    told_due_at: datetime | None = None
    told_lead_at: datetime | None = None
    key: str | None = None

    def was_late(self, now: datetime) -> bool:
        """Whether it was not done in time, or is not by *now*."""
        if self.missed_at is not None:
            return True
        return self.due_at + GRACE < self.ended_at if self.ended_at else self.due_at < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A promise with the name of its customer, and its conversation's team."""

    promise: Promise
    customer: str
    team: str


async def make(connection: AsyncConnection, ids: Ids, values: Mapping[str, Any]) -> int:
    """Keep a promise of these *values*, open; returns its key."""
    row = {"state": OPEN, **values, "id": ids.next()}
    await connection.execute(promises.insert().values(**row))
    return int(row["id"])


async def one(connection: AsyncConnection, promise_id: int) -> Promise | None:
    """Find a promise."""
    return _first(await connection.execute(select(promises).where(promises.c.id == promise_id)))


async def named(connection: AsyncConnection, promise_id: int) -> Named | None:
    """Find a promise with its customer's name."""
    found = _with_names(await connection.execute(_named().where(promises.c.id == promise_id)))
    return found[0] if found else None


async def count_due(connection: AsyncConnection, owner_id: int, before: datetime) -> int:
    """Count what an agent has to keep by then, what is late among it."""
    mine = (promises.c.owner_id == owner_id, promises.c.state == OPEN, promises.c.due_at < before)
    number: int = (
        await connection.execute(select(func.count()).select_from(promises).where(*mine))
    ).scalar_one()
    return number


async def by_key(connection: AsyncConnection, key: str) -> Promise | None:
    """Find the promise that a gesture made."""
    return _first(await connection.execute(select(promises).where(promises.c.key == key)))


async def change(connection: AsyncConnection, promise_id: int, **values: Any) -> bool:
    """Set columns of an open promise; says whether it was open."""
    which = update(promises).where(promises.c.id == promise_id, promises.c.state == OPEN).values(**values)
    return bool((await connection.execute(which)).rowcount)


async def of_customer(connection: AsyncConnection, customer_id: int, limit: int = 200) -> list[Promise]:
    """List a customer's promises, newest first."""
    which = select(promises).where(promises.c.customer_id == customer_id)
    return _all(await connection.execute(which.order_by(promises.c.id.desc()).limit(limit)))


async def open_for_customer(connection: AsyncConnection, customer_id: int, limit: int = 20) -> list[Promise]:
    """List what a customer may still expect, soonest first."""
    return _all(await connection.execute(_open_for_customer(), {"customer": customer_id, "most": limit}))


@cache
def _open_for_customer() -> Select[Any]:
    """Write the question once: each card that is drawn asks it."""
    which = select(promises).where(promises.c.customer_id == bindparam("customer"), promises.c.state == OPEN)
    return which.order_by(promises.c.due_at, promises.c.id).limit(bindparam("most"))


async def open_in(connection: AsyncConnection, conversation_id: int) -> list[Promise]:
    """List what is open in a conversation, soonest first."""
    which = select(promises).where(promises.c.conversation_id == conversation_id, promises.c.state == OPEN)
    return _all(await connection.execute(which.order_by(promises.c.due_at, promises.c.id)))


async def open_of(
    connection: AsyncConnection, owner_ids: Sequence[int], limit: int = 100, before: datetime | None = None
) -> list[Named]:
    """List what these agents have to keep, soonest first; *before* leaves out what is due later."""
    which = _named().where(promises.c.owner_id.in_(owner_ids), promises.c.state == OPEN)
    if before is not None:
        which = which.where(promises.c.due_at < before)
    return _with_names(
        await connection.execute(which.order_by(promises.c.due_at, promises.c.id).limit(limit))
    )


async def open_of_team(connection: AsyncConnection, teams: Sequence[str], limit: int = 200) -> list[Named]:
    """List what is open in the conversations of these teams, soonest first."""
    which = _named().where(conversations.c.team.in_(teams), promises.c.state == OPEN)
    return _with_names(
        await connection.execute(which.order_by(promises.c.due_at, promises.c.id).limit(limit))
    )


async def hand_on(
    connection: AsyncConnection, conversation_id: int, old: int | None, new: int | None
) -> list[Promise]:
    """Give what *old* has to keep in a conversation to *new*, or to whoever is next; lists what moved.

    Where nobody had the conversation (*old* is None), all that is open in it moves.
    """
    mine = and_(promises.c.conversation_id == conversation_id, promises.c.state == OPEN)
    if old is not None:
        mine = and_(mine, promises.c.owner_id == old)
    if new is None:
        values: dict[str, Any] = {"follows": True}
    else:
        mine = and_(mine, promises.c.owner_id != new)
        values = {"follows": False, "owner_id": new}
    rows = _all(await connection.execute(select(promises).where(mine).order_by(promises.c.id)))
    if rows:
        which = update(promises).where(promises.c.id.in_([row.id for row in rows]))
        await connection.execute(which.values(**values))
    return rows


def _named() -> Any:
    return (
        select(promises, customers.c.name.label("customer"), conversations.c.team)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .join(customers, customers.c.id == promises.c.customer_id)
    )


def _with_names(rows: Any) -> list[Named]:
    return [Named(promise=made(Promise, row), customer=row.customer, team=row.team) for row in rows]


def _first(rows: Any) -> Promise | None:
    row = rows.first()
    return None if row is None else made(Promise, row)


def _all(rows: Any) -> list[Promise]:
    return [made(Promise, row) for row in rows]
