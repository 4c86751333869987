"""Touches that agents are asked to approve in Slack: which to ask about, and where they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import slack_touches, touches
from storage.touch_rows import TouchRow
from storage.touches import IS_WAITING, log_of

LOST_FOR: Final = timedelta(seconds=60)
"""After this a question whose answer was lost is asked again: twice is better than never."""
ASKED: Final = ("asked", "held")
DECISIONS: Final = ("given", "refused", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a touch stands in Slack; *said* is a hash of the words."""

    touch_id: int
    slack_channel: str
    ts: str
    said: str
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an agent decided about a touch: given, refused, held; *edited* if they changed its words."""

    what: str
    by: str
    at: datetime
    edited: bool = False


async def to_ask(connection: AsyncConnection, now: datetime, limit: int) -> list[TouchRow]:
    """List touches that wait for somebody's word and of which nobody was asked, the earliest first."""
    lost = and_(slack_touches.c.ts == "", slack_touches.c.asked_at < now - LOST_FOR)
    which = (
        select(touches)
        .outerjoin(slack_touches, slack_touches.c.touch_id == touches.c.id)
        .where(IS_WAITING, touches.c.approval.in_(ASKED), touches.c.valid_until > now)
        .where(or_(slack_touches.c.touch_id.is_(None), lost))
        .order_by(touches.c.due_at, touches.c.id)
        .limit(limit)
    )
    return [made(TouchRow, row) for row in await connection.execute(which)]


async def asking(connection: AsyncConnection, touch_id: int, now: datetime) -> bool:
    """Note that a touch is being asked about; says whether nobody else is doing so."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    said = insert(slack_touches).values(touch_id=touch_id, asked_at=now)
    again = and_(slack_touches.c.ts == "", slack_touches.c.asked_at < now - LOST_FOR)
    kept = said.on_conflict_do_update(index_elements=["touch_id"], set_={"asked_at": now}, where=again)
    return (await connection.execute(kept.returning(slack_touches.c.touch_id))).first() is not None


async def forget(connection: AsyncConnection, touch_id: int) -> None:
    """Take back that a touch is being asked about: nothing was posted."""
    await connection.execute(
        slack_touches.delete().where(slack_touches.c.touch_id == touch_id, slack_touches.c.ts == "")
    )


async def stands(connection: AsyncConnection, touch_id: int, **values: Any) -> None:
    """Write where a touch stands, and what is said there."""
    await connection.execute(
        update(slack_touches).where(slack_touches.c.touch_id == touch_id).values(**values)
    )


async def one(connection: AsyncConnection, touch_id: int) -> Asked | None:
    """Find where a touch stands."""
    which = select(slack_touches).where(slack_touches.c.touch_id == touch_id)
    row = (await connection.execute(which)).first()
    return None if row is None else made(Asked, row)


async def standing(connection: AsyncConnection, limit: int) -> list[tuple[Asked, TouchRow]]:
    """List the questions that stand in Slack and may still change, with their touches."""
    which = (
        select(touches, *(column.label(f"at_{column.name}") for column in slack_touches.c))
        .join(slack_touches, slack_touches.c.touch_id == touches.c.id)
        .where(slack_touches.c.ended_at.is_(None), slack_touches.c.ts != "")
        .order_by(touches.c.id)
        .limit(limit)
    )
    found = []
    for row in await connection.execute(which):
        asked = Asked(**{column.name: row._mapping[f"at_{column.name}"] for column in slack_touches.c})
        found.append((asked, made(TouchRow, row)))
    return found


async def decision(connection: AsyncConnection, touch_id: int) -> Decision | None:
    """Say what was decided last about a touch, by whom and when."""
    steps = [(one, one.data) for one in await log_of(connection, touch_id) if isinstance(one.data, dict)]
    words = [(step, data) for step, data in steps if data.get("approval") or data.get("edited")]
    if not words:
        return None
    edited = any(data.get("edited") for _, data in words)
    step, data = next((one for one in reversed(words) if one[1].get("approval")), words[-1])
    what = str(data.get("approval") or "")
    return Decision(
        what=what if what in DECISIONS else "", by=str(data.get("by") or ""), at=step.at, edited=edited
    )
