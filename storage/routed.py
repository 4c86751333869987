"""What was decided of conversations: written many at once, and found again when its time has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.rows import made
from storage.tables import addresses, conversations, customers, messages, routed

Stage = Literal["warn", "late", "long"]
STAGES: Final[Mapping[Stage, tuple[str, str]]] = {
    "warn": ("warn_at", "warned_at"),
    "late": ("reply_due_at", "escalated_at"),
    "long": ("resolve_due_at", "resolve_told_at"),
}
"""What is told when: the column with its time, and the one that remembers that it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A conversation whose time has come; *since* is the waiting for which that was promised."""

    id: int
    team: str
    owner_id: int | None
    since: datetime | None
    waiting_since: datetime | None
    reply_due_at: datetime | None
    resolve_due_at: datetime | None
    escalated_at: datetime | None


async def write(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what was decided, a row a conversation, all with the same columns; what stood there goes.

    Columns that are not named stay as they were.
    """
    if rows:
        names = tuple(name for name in rows[0] if name != "conversation_id")
        await connection.execute(_write(connection.dialect.name, names), [dict(row) for row in rows])


@lru_cache(maxsize=32)
def _write(dialect: str, names: tuple[str, ...]) -> Any:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(routed)
    return statement.on_conflict_do_update(
        index_elements=[routed.c.conversation_id],
        set_={name: getattr(statement.excluded, name) for name in names},
    )


async def tags_of(connection: AsyncConnection, ids: Collection[int]) -> dict[int, list[str]]:
    """Give the tags of conversations that have any."""
    which = select(routed.c.conversation_id, routed.c.tags).where(
        among(connection, routed.c.conversation_id, ids)
    )
    return {row.conversation_id: list(row.tags) for row in await connection.execute(which) if row.tags}


async def mark(connection: AsyncConnection, ids: Collection[int], **values: Any) -> None:
    """Set the same columns of many."""
    if ids:
        which = update(routed).where(among(connection, routed.c.conversation_id, ids))
        await connection.execute(which.values(**values))


async def due(connection: AsyncConnection, stage: Stage, now: datetime, limit: int) -> list[Due]:
    """List who waits for us, open, past the time of *stage*, and was not told; the longest past first."""
    return [made(Due, row) for row in await connection.execute(_due(stage), {"now": now, "most": limit})]


async def answered(connection: AsyncConnection, limit: int) -> list[int]:
    """List those with a promised answer time for whom nobody waits any more."""
    return list((await connection.execute(_answered(), {"most": limit})).scalars())


async def untold(
    connection: AsyncConnection, team: str, since: datetime, now: datetime, limit: int
) -> list[int]:
    """List who wrote to a team since it closed at *since*, waits, and was not told when it opens.

    Whoever an agent answered meanwhile, was told in another conversation, or said stop is left out.
    """
    found = await connection.execute(
        _untold(), {"which_team": team, "closed": since, "most": limit, "now": now}
    )
    return list(found.scalars())


@cache
def _due(stage: Stage) -> Select[Any]:
    time, told = STAGES[stage]
    waits = and_(conversations.c.state == "open", conversations.c.waiting_since == routed.c.since)
    # The first condition is the partial index's own, so that SQLite may use it.
    mine: list[ColumnElement[bool]] = [literal_column(f"routed.{time} IS NOT NULL")]
    mine += [routed.c[time] <= bindparam("now"), routed.c[told].is_(None)]
    if stage == "warn":  # what is late already is told as late
        mine.append(routed.c.reply_due_at > bindparam("now"))
    return (
        select(
            conversations.c.id,
            conversations.c.team,
            conversations.c.owner_id,
            conversations.c.waiting_since,
            *(routed.c[name] for name in ("since", "reply_due_at", "resolve_due_at", "escalated_at")),
        )
        .select_from(routed.join(conversations, conversations.c.id == routed.c.conversation_id))
        .where(*mine, waits)
        .order_by(routed.c[time], routed.c.conversation_id)
        .limit(bindparam("most"))
    )


@cache
def _answered() -> Select[Any]:
    over = or_(conversations.c.waiting_since.is_(None), conversations.c.state == "resolved")
    return (
        select(routed.c.conversation_id)
        .select_from(routed.join(conversations, conversations.c.id == routed.c.conversation_id))
        .where(literal_column("routed.reply_due_at IS NOT NULL"), over)
        .limit(bindparam("most"))
    )


@cache
def _untold() -> Select[Any]:
    theirs, told = conversations.alias("theirs"), routed.alias("told")
    once = (
        select(told.c.conversation_id)
        .select_from(theirs.join(told, told.c.conversation_id == theirs.c.id))
        .where(
            theirs.c.customer_id == conversations.c.customer_id, told.c.away_told_at >= bindparam("closed")
        )
        .correlate(conversations)
        .exists()
    )
    return (
        select(conversations.c.id)
        .select_from(
            conversations.join(addresses, addresses.c.id == conversations.c.address_id)
            .join(customers, customers.c.id == conversations.c.customer_id)
            .join(routed, routed.c.conversation_id == conversations.c.id)
        )
        .where(
            conversations.c.state == literal_column("'open'"),
            conversations.c.team == bindparam("which_team"),
            conversations.c.waiting_since.is_not(None),
            routed.c.since == conversations.c.waiting_since,
            conversations.c.last_in_at >= bindparam("closed"),
            conversations.c.last_in_at <= bindparam("now"),
            addresses.c.stopped_at.is_(None),
            customers.c.erased_at.is_(None),
            ~once,
            ~_answered_since(),
        )
        .order_by(conversations.c.waiting_since, conversations.c.id)
        .limit(bindparam("most"))
    )


def _answered_since() -> ColumnElement[bool]:
    """Whether an agent has answered since the team closed: then somebody is there all the same."""
    return (
        select(messages.c.id)
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.direction == "out",
            messages.c.agent_id.is_not(None),
            messages.c.sent_at >= bindparam("closed"),
        )
        .correlate(conversations)
        .exists()
    )


async def move(connection: AsyncConnection, conversation_id: int, *, before: str, team: str) -> bool:
    """Put a conversation that is nobody's into another team; False where it is no more where it was."""
    which = update(conversations).where(
        conversations.c.id == conversation_id,
        conversations.c.team == before,
        conversations.c.owner_id.is_(None),
        conversations.c.state == "open",
    )
    changed = await connection.execute(which.values(team=team, revision=conversations.c.revision + 1))
    return bool(changed.rowcount)


async def hand_on(
    connection: AsyncConnection, conversation_id: int, *, before: int, owner_id: int | None
) -> bool:
    """Give what waits for one agent to another, or to nobody; False where that agent has it no more."""
    which = update(conversations).where(
        conversations.c.id == conversation_id,
        conversations.c.owner_id == before,
        conversations.c.state == "open",
        conversations.c.waiting_since.is_not(None),
    )
    changed = await connection.execute(which.values(owner_id=owner_id, revision=conversations.c.revision + 1))
    return bool(changed.rowcount)


async def speak(connection: AsyncConnection, customer_ids: Collection[int], language: str) -> None:
    """Keep the language that customers' words told, unless somebody said one."""
    which = update(customers).where(
        among(connection, customers.c.id, customer_ids), customers.c.language == ""
    )
    await connection.execute(which.values(language=language))
