"""Whose turn may come in Slack: what waits at the head of each queue, and no more than choosing needs.

Of hundreds that wait a few are chosen at each turn; whole rows are read of those alone.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.queues import IS_OPEN, IS_READY
from storage.statuses import ASKING
from storage.tables import conversations, deliveries, slack_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A row that waits for its turn, and where its conversation goes on.

    *slack_channel* is empty where it has no thread yet; *team* is whose the conversation is.
    """

    id: int
    conversation_id: int
    kind: str
    state: str
    owed_at: datetime
    due_at: datetime
    slack_channel: str
    team: str


async def due(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Waits]:
    """List the heads of a lane whose time has come, oldest first."""
    wanted = {"which_lane": lane, "now": now, "most": limit}
    return [_made(row) for row in await connection.execute(_due(), wanted)]


async def asking(connection: AsyncConnection, lane: str) -> list[Waits]:
    """List the rows of a lane whose answer was lost, oldest first, due or not."""
    return [_made(row) for row in await connection.execute(_asking(), {"which_lane": lane})]


def _made(row: Any) -> Waits:
    key, conversation_id, kind, state, owed_at, due_at, slack_channel, team = row
    return Waits(
        id=key,
        conversation_id=conversation_id,
        kind=kind,
        state=state,
        owed_at=owed_at,
        due_at=due_at,
        slack_channel=slack_channel or "",
        team=team,
    )


@cache
def _due() -> Select[Any]:
    which = _waits().where(IS_READY, deliveries.c.due_at <= bindparam("now"))
    return which.order_by(deliveries.c.due_at, deliveries.c.id).limit(bindparam("most"))


@cache
def _asking() -> Select[Any]:
    return _waits().where(IS_OPEN, deliveries.c.state == ASKING).order_by(deliveries.c.id)


def _waits() -> Select[Any]:
    here = and_(
        slack_threads.c.conversation_id == deliveries.c.conversation_id, slack_threads.c.current.is_(True)
    )
    row = deliveries.c
    return (
        select(
            *(row.id, row.conversation_id, row.kind, row.state, row.owed_at, row.due_at),
            slack_threads.c.slack_channel,
            conversations.c.team,
        )
        .select_from(deliveries)
        .join(conversations, conversations.c.id == row.conversation_id)
        .outerjoin(slack_threads, here)
        .where(row.lane == bindparam("which_lane"))
    )
