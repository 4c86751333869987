"""Questions about the audit log: lines that are added, read newest first, and let go by retention only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import facts
from storage.ids import Ids, first_at
from storage.rows import made
from storage.tables import agents, audits, customers

END: Final = "audits.end"
"""The fact that names the key under which retention may take lines out; the table's trigger reads it."""
APART: Final = 100
"""Of so many agents the lines are looked up one by one, by an index; of more, all are gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that somebody did: *who* is agent, token, command, customer, house or unknown.

    *what* is the kind (saw, changed, sent …), *operation* what exactly; *detail* holds names and counts,
    never a customer's words.
    """

    at: datetime
    who: str
    what: str
    id: int = 0
    agent_id: int | None = None
    name: str = ""
    operation: str = ""
    customer_id: int | None = None
    conversation_id: int | None = None
    face: str = ""
    ip: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines are wanted: all that is named must hold, of *agents* and of *customers* any of them."""

    agents: Sequence[int] | None = None
    customers: Sequence[int] | None = None
    conversation: int | None = None
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


async def write(connection: AsyncConnection, ids: Ids, line: Line, once: str = "") -> bool:
    """Add a line; with *once* only if none of that mark was added before. Says whether it was added."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = [column.name for column in audits.c if column.name not in ("id", "once")]
    values = {name: getattr(line, name) for name in names} | {"id": ids.next(), "once": once or None}
    if not once:
        await connection.execute(audits.insert().values(**values))
        return True
    added = (
        insert(audits)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[audits.c.once], index_where=audits.c.once.is_not(None))
    )
    return (await connection.execute(added.returning(audits.c.id))).first() is not None


async def page(connection: AsyncConnection, asked: Asked, limit: int = 100) -> list[Line]:
    """List the lines that are wanted, newest first; go on with `before` the last one's key."""
    among = [each for each in (asked.agents, asked.customers) if each is not None]
    if any(not each for each in among):
        return []
    if asked.agents is not None and asked.customers is None and 1 < len(asked.agents) <= APART:
        each = [_wanted(asked, limit, [agent]).subquery() for agent in sorted(set(asked.agents))]
        together = union_all(*(select(one) for one in each)).subquery()
        which: Select[Any] = select(together).order_by(together.c.id.desc()).limit(limit)
    else:
        which = _wanted(asked, limit, asked.agents)
    return [made(Line, row) for row in await connection.execute(which)]


def _wanted(asked: Asked, limit: int, whose: Sequence[int] | None) -> Select[Any]:
    """Ask for the newest lines of *whose*, by an index that has the order of keys."""
    which = select(audits).order_by(audits.c.id.desc()).limit(limit)
    if whose is not None:
        which = which.where(audits.c.agent_id.in_(whose))
    if asked.customers is not None:
        which = which.where(audits.c.customer_id.in_(asked.customers))
    if asked.conversation is not None:
        which = which.where(audits.c.conversation_id == asked.conversation)
    if asked.what:
        which = which.where(audits.c.what == asked.what)
    if asked.since is not None:  # keys grow with time
        which = which.where(audits.c.id >= first_at(asked.since))
    if asked.until is not None:
        which = which.where(audits.c.id < first_at(asked.until))
    return which if asked.before is None else which.where(audits.c.id < asked.before)


async def forget(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Let go of at most *limit* lines older than *before*, and move the end that the trigger asks for."""
    end = first_at(before)
    old = select(audits.c.id).where(audits.c.id < end).order_by(audits.c.id).limit(limit)
    keys = list((await connection.execute(old)).scalars())
    if not keys:
        return 0
    if (await facts.told(connection, END) or 0) < end:
        await facts.tell(connection, END, end)
    await connection.execute(delete(audits).where(audits.c.id.in_(keys)))
    return len(keys)


async def count(connection: AsyncConnection) -> int:
    """Say how many lines there are; it goes through all of them."""
    return int((await connection.execute(select(func.count()).select_from(audits))).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of us of whom there may be lines, here or gone."""

    id: int
    key: str
    name: str
    teams: Sequence[str]


async def people(connection: AsyncConnection) -> list[Person]:
    """List everybody who is or was an agent, by name."""
    which: Select[Any] = select(agents.c.id, agents.c.key, agents.c.name, agents.c.teams)
    return [made(Person, row) for row in await connection.execute(which.order_by(agents.c.name))]


async def names(connection: AsyncConnection, customer_ids: Sequence[int]) -> dict[int, str]:
    """Name customers by key; who was erased, or never said, has no name."""
    which = select(customers.c.id, customers.c.name).where(customers.c.id.in_(customer_ids))
    return {row.id: row.name for row in await connection.execute(which)}
