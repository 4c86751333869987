"""Questions of the loop that reminds of promises: what is due to be told, and to whom it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import Select, and_, bindparam, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import Instant
from storage.promises import OPEN, Named, Promise
from storage.rows import made
from storage.tables import agents, conversations, customers, promises

Stage = Literal["before", "due", "lead"]
BEFORE: Final = timedelta(minutes=15)
LATE: Final = timedelta(minutes=30)
"""How long before it is due the owner is reminded, and how long after it the lead is told."""


async def due(connection: AsyncConnection, now: datetime, limit: int = 100) -> list[tuple[Named, Stage]]:
    """List what is to be told by *now*: each open promise with its furthest stage that was not told."""
    wanted = {"now": now, "soon": now + BEFORE, "late": now - LATE, "most": limit}
    rows = (await connection.execute(_due(), wanted)).all()
    return [
        (Named(promise=made(Promise, row), customer=row.customer, team=row.team), row.stage) for row in rows
    ]


async def told(connection: AsyncConnection, promise_ids: Sequence[int], stage: Stage, now: datetime) -> None:
    """Remember that a stage was told; those before it need not be told any more."""
    values: dict[str, Any] = {
        "told_before_at": func.coalesce(promises.c.told_before_at, literal(now, Instant))
    }
    if stage != "before":
        values["told_due_at"] = func.coalesce(promises.c.told_due_at, literal(now, Instant))
    if stage == "lead":
        values["told_lead_at"] = literal(now, Instant)
    await connection.execute(update(promises).where(promises.c.id.in_(promise_ids)).values(**values))


@cache
def _due() -> Select[Any]:
    """Write the question once: it is asked every few seconds."""
    now, soon, late = (bindparam(name, type_=Instant) for name in ("now", "soon", "late"))
    lead = and_(promises.c.due_at <= late, promises.c.told_due_at.is_not(None))
    stage = case((lead, "lead"), (promises.c.due_at <= now, "due"), else_="before")
    waits = or_(
        and_(promises.c.due_at <= soon, promises.c.told_before_at.is_(None)),
        and_(promises.c.due_at <= now, promises.c.told_due_at.is_(None)),
        and_(promises.c.due_at <= late, promises.c.told_lead_at.is_(None)),
    )
    return (
        select(promises, stage.label("stage"), customers.c.name.label("customer"), conversations.c.team)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .join(customers, customers.c.id == promises.c.customer_id)
        .where(promises.c.state == OPEN, promises.c.due_at <= soon, waits)
        .order_by(promises.c.due_at, promises.c.id)
        .limit(bindparam("most"))
    )


async def to_follow(connection: AsyncConnection, limit: int = 100) -> list[tuple[Promise, int]]:
    """List what goes to who has its conversation now, with their key: what follows it, and of who left."""
    rows = (await connection.execute(_to_follow(), {"most": limit})).all()
    return [(made(Promise, row), row.next) for row in rows]


@cache
def _to_follow() -> Select[Any]:
    """Write the question once: it is asked every few seconds."""
    keeper, following = agents.alias("keeper"), agents.alias("following")
    return (
        select(promises, conversations.c.owner_id.label("next"))
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .join(keeper, keeper.c.id == promises.c.owner_id)
        .join(following, following.c.id == conversations.c.owner_id)
        .where(promises.c.state == OPEN, following.c.active.is_(True))
        .where(or_(promises.c.follows.is_(True), keeper.c.active.is_(False)))
        .order_by(promises.c.due_at, promises.c.id)
        .limit(bindparam("most"))
    )
