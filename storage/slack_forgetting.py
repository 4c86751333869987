"""What stands in Slack of customers who are forgotten: owed to its lane, to be taken away there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import queues
from storage.ids import Ids
from storage.queues import OwedRow
from storage.rows import made
from storage.slack_threads import SlackThread
from storage.tables import conversations, messages, slack_posts, slack_threads, slack_touches, touches

LANE: Final = "slack"
FORGET: Final = "forget"

Place = tuple[str, str]
"""Where a post stands: Slack channel and ts."""


async def owe(connection: AsyncConnection, ids: Ids, everybody: Sequence[int], now: datetime) -> int:
    """Owe Slack's lane to take away our posts about customers; returns how many conversations that is.

    Questions about their touches stand in no thread: they go with the first of the conversations.
    """
    which = (
        select(slack_threads.c.conversation_id)
        .join(conversations, conversations.c.id == slack_threads.c.conversation_id)
        .where(conversations.c.customer_id.in_(everybody))
        .distinct()
        .order_by(slack_threads.c.conversation_id)
    )
    keys = list((await connection.execute(which)).scalars())
    loose = await _asked(connection, everybody)
    rows = []
    for at, key in enumerate(keys):
        places = await _posts(connection, key) + (loose if at == 0 else [])
        rows.append(
            OwedRow(
                lane=LANE,
                kind=FORGET,
                conversation_id=key,
                key=f"{FORGET}:{key}",
                data={"posts": [list(place) for place in places]},
                due_at=now,
            )
        )
    await queues.owe(connection, ids, rows, now)
    return len(rows)


async def _posts(connection: AsyncConnection, conversation_id: int) -> list[Place]:
    """List the posts of ours that show what was said in a conversation."""
    said = select(messages.c.id).where(messages.c.conversation_id == conversation_id)
    which = select(slack_posts.c.slack_channel, slack_posts.c.ts).where(
        slack_posts.c.message_id.in_(said), slack_posts.c.by_agent.is_(False)
    )
    return [(row.slack_channel, row.ts) for row in await connection.execute(which.distinct())]


async def _asked(connection: AsyncConnection, everybody: Sequence[int]) -> list[Place]:
    which = (
        select(slack_touches.c.slack_channel, slack_touches.c.ts)
        .join(touches, touches.c.id == slack_touches.c.touch_id)
        .where(touches.c.customer_id.in_(everybody), slack_touches.c.ts != "")
    )
    return [(row.slack_channel, row.ts) for row in await connection.execute(which)]


async def threads(connection: AsyncConnection, conversation_id: int) -> list[SlackThread]:
    """List every thread in which a conversation went on, the oldest first."""
    which = select(slack_threads).where(slack_threads.c.conversation_id == conversation_id)
    rows = await connection.execute(which.order_by(slack_threads.c.posted_at))
    return [made(SlackThread, row) for row in rows]


async def gone(connection: AsyncConnection, conversation_id: int) -> None:
    """Forget where a conversation stood: nothing is posted or heard there any more."""
    said: Any = select(messages.c.id).where(messages.c.conversation_id == conversation_id)
    await connection.execute(delete(slack_posts).where(slack_posts.c.message_id.in_(said)))
    await connection.execute(delete(slack_threads).where(slack_threads.c.conversation_id == conversation_id))
