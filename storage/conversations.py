"""Questions about conversations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import row_by
from storage.rows import Conversation, Happening, made
from storage.tables import agents, conversations, happenings


async def one(connection: AsyncConnection, conversation_id: int) -> Conversation | None:
    """Find a conversation."""
    row = await row_by(connection, conversations.c.id, conversation_id)
    return None if row is None else made(Conversation, row)


async def of_customer(connection: AsyncConnection, customer_id: int, limit: int = 20) -> list[Conversation]:
    """List a customer's conversations, newest first."""
    which = (
        select(conversations)
        .where(conversations.c.customer_id == customer_id)
        .order_by(conversations.c.id.desc())
        .limit(limit)
    )
    return [made(Conversation, row) for row in await connection.execute(which)]


async def going_on(connection: AsyncConnection, customer_id: int) -> Conversation | None:
    """Find the customer's conversation that is not resolved; there is at most one."""
    which = select(conversations).where(
        conversations.c.customer_id == customer_id, conversations.c.state != "resolved"
    )
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(Conversation, row)


async def unowned(
    connection: AsyncConnection, teams: Iterable[str], limit: int, skip: int = 0
) -> list[Conversation]:
    """List what is open, in *teams* and nobody's: who waits longest first, then who waits for nothing."""
    which = (
        select(conversations)
        .where(
            conversations.c.state == "open",
            conversations.c.owner_id.is_(None),
            conversations.c.team.in_(list(teams)),
        )
        .order_by(conversations.c.waiting_since.is_(None), conversations.c.waiting_since, conversations.c.id)
        .limit(limit)
        .offset(skip)
    )
    return [made(Conversation, row) for row in await connection.execute(which)]


async def of_who_left(connection: AsyncConnection, limit: int) -> list[Conversation]:
    """List what goes on and belongs to somebody who is no agent any more."""
    gone = select(agents.c.id).where(agents.c.active.is_(False))
    which = select(conversations).where(
        conversations.c.owner_id.in_(gone), conversations.c.state.in_(("open", "snoozed"))
    )
    return [made(Conversation, row) for row in await connection.execute(which.limit(limit))]


async def loads(connection: AsyncConnection) -> dict[int, int]:
    """Count the open conversations of each owner."""
    which = (
        select(conversations.c.owner_id, func.count().label("number"))
        .where(conversations.c.state == "open", conversations.c.owner_id.is_not(None))
        .group_by(conversations.c.owner_id)
    )
    return {row.owner_id: row.number for row in await connection.execute(which)}


async def oldest_waiting(connection: AsyncConnection) -> datetime | None:
    """Say since when the longest waiting customer waits."""
    which = select(func.min(conversations.c.waiting_since)).where(conversations.c.state == "open")
    since: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return since


async def asleep_until(connection: AsyncConnection, now: datetime, limit: int) -> list[Conversation]:
    """List the snoozed conversations whose time has come, the longest due first."""
    which = (
        select(conversations)
        .where(conversations.c.state == "snoozed", conversations.c.snoozed_until <= now)
        .order_by(conversations.c.snoozed_until)
        .limit(limit)
    )
    return [made(Conversation, row) for row in await connection.execute(which)]


async def revised(connection: AsyncConnection, conversation_ids: Sequence[int]) -> None:
    """Count a revision: what is shown of these conversations is not as it was."""
    which = update(conversations).where(conversations.c.id.in_(conversation_ids))
    await connection.execute(which.values(revision=conversations.c.revision + 1))


async def owned_since(connection: AsyncConnection, conversation_id: int) -> datetime | None:
    """Say when a conversation last got the owner it has."""
    gets = happenings.c.kind.in_(("taken", "assigned", "handed_over", "reopened"))
    which = select(func.max(happenings.c.at)).where(happenings.c.conversation_id == conversation_id, gets)
    at: datetime | None = (await connection.execute(which)).scalar_one()
    return at


async def change(
    connection: AsyncConnection, conversation_id: int, *, revision: int | None = None, **values: Any
) -> bool:
    """Set columns and count a revision; with *revision*, only if nobody changed the row since."""
    which = update(conversations).where(conversations.c.id == conversation_id)
    if revision is not None:
        which = which.where(conversations.c.revision == revision)
    result = await connection.execute(
        which.values(revision=conversations.c.revision + 1, **values).returning(conversations.c.id)
    )
    return result.one_or_none() is not None


async def give(
    connection: AsyncConnection, owners: Mapping[int, int], waiting: Iterable[tuple[int, str]]
) -> set[int]:
    """Give each of the *waiting* (key, team) the agent that *owners* names for it, and say which were given.

    One that has an owner or another team meanwhile, or is open no more, is left as it is.
    """
    teams = {key: team for key, team in waiting if key in owners}
    if not teams:
        return set()
    # Writers take turns, so what is free now is free when it is given.
    found = await connection.execute(_free(), {"ids": list(teams)})
    given = [row.id for row in found if teams[row.id] == row.team]
    if given:
        await connection.execute(_give(), [{"which": key, "to": owners[key]} for key in given])
    return set(given)


@cache
def _free() -> Select[Any]:
    wanted = conversations.c.id.in_(bindparam("ids", expanding=True))
    mine = conversations.c.owner_id.is_(None)
    return select(conversations.c.id, conversations.c.team).where(
        wanted, conversations.c.state == "open", mine
    )


@cache
def _give() -> Update:
    which = update(conversations).where(conversations.c.id == bindparam("which"))
    return which.values(owner_id=bindparam("to"), revision=conversations.c.revision + 1)


async def happened(connection: AsyncConnection, what: Sequence[Happening]) -> None:
    """Record what befell conversations."""
    if what:
        rows = [{field.name: getattr(one, field.name) for field in fields(one)} for one in what]
        await connection.execute(happenings.insert(), rows)


async def has_happened(connection: AsyncConnection, conversation_id: int, kind: str, gesture: str) -> bool:
    """Whether a *gesture* of an agent's did this to a conversation before."""
    which = select(happenings.c.id).where(
        happenings.c.conversation_id == conversation_id,
        happenings.c.kind == kind,
        happenings.c.data["gesture"].as_string() == gesture,
    )
    return (await connection.execute(which.limit(1))).first() is not None


async def given_back(connection: AsyncConnection, conversation_ids: Sequence[int]) -> dict[int, set[int]]:
    """Say of each conversation who gave it back; those that nobody did are left out."""
    which = select(happenings.c.conversation_id, happenings.c.agent_id).where(
        happenings.c.conversation_id.in_(conversation_ids),
        happenings.c.kind == "given_back",
        happenings.c.agent_id.is_not(None),
    )
    found: dict[int, set[int]] = {}
    for conversation_id, agent_id in await connection.execute(which):
        found.setdefault(conversation_id, set()).add(agent_id)
    return found


async def happening(connection: AsyncConnection, happening_id: int) -> Happening | None:
    """Find a happening."""
    row = (await connection.execute(select(happenings).where(happenings.c.id == happening_id))).one_or_none()
    return None if row is None else made(Happening, row)


async def happenings_of(
    connection: AsyncConnection, conversation_id: int, since: int = 0
) -> Sequence[Happening]:
    """List what befell a conversation from a key on, oldest first."""
    which = (
        select(happenings)
        .where(happenings.c.conversation_id == conversation_id, happenings.c.id >= since)
        .order_by(happenings.c.id)
    )
    return [made(Happening, row) for row in await connection.execute(which)]
