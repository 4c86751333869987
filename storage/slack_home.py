"""What one agent is shown: their conversations by due time, who waits in their teams, their own numbers.

Home is built again and again while somebody looks at it: each statement is written once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Select, bindparam, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.desk import WAITS
from storage.ids import first_at
from storage.instants import Instant
from storage.rows import made
from storage.tables import addresses, agents, conversations, customers, happenings, messages, routed

GOING_ON: Final = conversations.c.state == "open"
OWN: Final = (
    *("id", "team", "channel", "state", "owner_id", "customer_id", "waiting_since"),
    *("last_at", "last_text", "snoozed_until"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One conversation as a list shows it; *reply_due_at* is None where no answer time is promised."""

    id: int
    team: str
    channel: str
    state: str
    owner_id: int | None
    customer_id: int
    waiting_since: datetime | None
    last_at: datetime
    last_text: str
    snoozed_until: datetime | None
    reply_due_at: datetime | None
    customer: str
    tier: str
    address: str
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one agent did since an instant: answers sent, customers answered, matters resolved."""

    answers: int
    customers: int
    resolved: int


async def yours(connection: AsyncConnection, agent_id: int, *, skip: int, limit: int) -> list[Standing]:
    """List the open conversations of an agent: who waits by due time, then those answered, latest first."""
    asked = {"agent": agent_id, "skip": skip, "most": limit}
    return [made(Standing, row) for row in await connection.execute(_yours(), asked)]


async def count_yours(connection: AsyncConnection, agent_id: int) -> tuple[int, int]:
    """Count the open conversations of an agent, and those of them in which somebody waits."""
    row = (await connection.execute(_count_yours(), {"agent": agent_id})).one()
    return int(row.open), int(row.waiting)


async def waiting(
    connection: AsyncConnection,
    teams: Sequence[str],
    *,
    agent_id: int | None,
    every: bool = False,
    skip: int,
    limit: int,
) -> list[Standing]:
    """List who waits in these teams, soonest due first: nobody's; with an agent also that agent's own.

    With *every* also their colleagues'.
    """
    asked = {"teams": list(teams), "agent": agent_id or 0, "every": every, "skip": skip, "most": limit}
    return [made(Standing, row) for row in await connection.execute(_waiting(), asked)]


async def count_waiting(
    connection: AsyncConnection, teams: Sequence[str], agent_id: int | None, *, every: bool = False
) -> int:
    """Count what `waiting` lists."""
    asked = {"teams": list(teams), "agent": agent_id or 0, "every": every}
    return int((await connection.execute(_count_waiting(), asked)).scalar_one())


async def late(
    connection: AsyncConnection, team: str, now: datetime, limit: int
) -> tuple[list[Standing], int]:
    """List who waits in a team beyond the promised answer time, longest first, and count them all."""
    rows = await connection.execute(_late(), {"team": team, "now": now, "most": limit})
    found = [made(Standing, row) for row in rows]
    if len(found) < limit:
        return found, len(found)
    return found, int((await connection.execute(_count_late(), {"team": team, "now": now})).scalar_one())


async def these(connection: AsyncConnection, conversation_ids: Sequence[int]) -> list[Standing]:
    """Find conversations as a list shows them, in the order that was asked for."""
    rows = await connection.execute(_these(), {"conversations": list(conversation_ids)})
    found = {row.id: made(Standing, row) for row in rows}
    return [found[key] for key in conversation_ids if key in found]


async def latest(connection: AsyncConnection, customer_ids: Sequence[int]) -> Mapping[int, int]:
    """Say which conversation of each customer is the latest; who never had one is left out."""
    rows = await connection.execute(_latest(), {"customers": list(customer_ids)})
    return {row.customer_id: int(row.latest) for row in rows}


async def numbers(connection: AsyncConnection, agent_id: int, since: datetime) -> Numbers:
    """Count what an agent did since an instant, in the keys of that time alone."""
    asked = {"agent": agent_id, "first": first_at(since), "since": since}
    said = (await connection.execute(_said(), asked)).one()
    ended = (await connection.execute(_ended(), asked)).scalar_one()
    return Numbers(answers=int(said.answers), customers=int(said.people), resolved=int(ended))


def standing() -> Select[Any]:
    """Select conversations with everything that a `Standing` says."""
    return select(
        *[conversations.c[name] for name in OWN],
        routed.c.reply_due_at,
        customers.c.name.label("customer"),
        customers.c.tier,
        addresses.c.address,
        agents.c.name.label("owner"),
    ).select_from(
        conversations.join(customers, customers.c.id == conversations.c.customer_id)
        .join(addresses, addresses.c.id == conversations.c.address_id)
        .outerjoin(agents, agents.c.id == conversations.c.owner_id)
        .outerjoin(routed, routed.c.conversation_id == conversations.c.id)
    )


def _by_due(which: Select[Any]) -> Select[Any]:
    """Order by the promised time; who was promised none comes after, longest waiting first."""
    return which.order_by(
        routed.c.reply_due_at.is_(None),
        routed.c.reply_due_at,
        conversations.c.waiting_since,
        conversations.c.id,
    )


@cache
def _these() -> Select[Any]:
    return standing().where(conversations.c.id.in_(bindparam("conversations", expanding=True)))


@cache
def _yours() -> Select[Any]:
    mine = standing().where(GOING_ON, conversations.c.owner_id == bindparam("agent"))
    answered = conversations.c.waiting_since.is_(None)
    ordered = mine.order_by(
        answered,
        routed.c.reply_due_at.is_(None),
        routed.c.reply_due_at,
        conversations.c.waiting_since,
        conversations.c.last_at.desc(),
        conversations.c.id,
    )
    return ordered.limit(bindparam("most")).offset(bindparam("skip"))


@cache
def _count_yours() -> Select[int, int]:
    counted = select(
        func.count().label("open"), func.count(conversations.c.waiting_since).label("waiting")
    ).select_from(conversations)
    return counted.where(GOING_ON, conversations.c.owner_id == bindparam("agent"))


def _of_teams() -> list[ColumnElement[bool]]:
    owner = conversations.c.owner_id
    return [
        WAITS,
        conversations.c.team.in_(bindparam("teams", expanding=True)),
        or_(owner.is_(None), owner == bindparam("agent"), bindparam("every", type_=Boolean)),
    ]


@cache
def _waiting() -> Select[Any]:
    return _by_due(standing().where(*_of_teams())).limit(bindparam("most")).offset(bindparam("skip"))


@cache
def _count_waiting() -> Select[Any]:
    return select(func.count()).select_from(conversations).where(*_of_teams())


def _is_late() -> list[ColumnElement[bool]]:
    due = routed.c.reply_due_at <= bindparam("now", type_=Instant)
    return [WAITS, conversations.c.team == bindparam("team"), due]


@cache
def _late() -> Select[Any]:
    which = standing().where(*_is_late())
    return which.order_by(routed.c.reply_due_at, conversations.c.id).limit(bindparam("most"))


@cache
def _count_late() -> Select[Any]:
    joined = conversations.join(routed, routed.c.conversation_id == conversations.c.id)
    return select(func.count()).select_from(joined).where(*_is_late())


@cache
def _latest() -> Select[Any]:
    theirs = conversations.c.customer_id.in_(bindparam("customers", expanding=True))
    which = select(conversations.c.customer_id, func.max(conversations.c.id).label("latest"))
    return which.where(theirs, conversations.c.merged_into.is_(None)).group_by(conversations.c.customer_id)


@cache
def _said() -> Select[int, int]:
    talk = messages.join(conversations, conversations.c.id == messages.c.conversation_id)
    counted = select(
        func.count().label("answers"), func.count(distinct(conversations.c.customer_id)).label("people")
    ).select_from(talk)
    return counted.where(
        messages.c.id >= bindparam("first"),
        messages.c.agent_id == bindparam("agent"),
        messages.c.direction == "out",
        messages.c.deleted_at.is_(None),
        messages.c.sent_at >= bindparam("since", type_=Instant),
    )


@cache
def _ended() -> Select[Any]:
    return select(func.count(distinct(happenings.c.conversation_id))).where(
        happenings.c.id >= bindparam("first"),
        happenings.c.agent_id == bindparam("agent"),
        happenings.c.kind == "resolved",
        happenings.c.at >= bindparam("since", type_=Instant),
    )
