"""Threads in Slack: which card, and what stands under it, is which conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.once import keep
from storage.rows import made
from storage.tables import (
    conversations,
    slack_threads,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackThread:
    """A card and what stands under it; *revision* is the conversation's that the card shows."""

    workspace: str
    slack_channel: str
    root_ts: str
    conversation_id: int
    current: bool
    revision: int
    posted_at: datetime
    edited_at: datetime | None
    mentioned_at: datetime | None


async def thread_of(connection: AsyncConnection, conversation_id: int) -> SlackThread | None:
    """Find the thread where a conversation goes on."""
    row = (await connection.execute(_threads_of(), {"conversations": [conversation_id]})).first()
    return None if row is None else made(SlackThread, row)


async def threads_of(connection: AsyncConnection, conversation_ids: Sequence[int]) -> dict[int, SlackThread]:
    """Find the threads where conversations go on, by conversation."""
    rows = await connection.execute(_threads_of(), {"conversations": list(conversation_ids)})
    return {row.conversation_id: made(SlackThread, row) for row in rows}


@cache
def _threads_of() -> Select[Any]:
    wanted = slack_threads.c.conversation_id.in_(bindparam("conversations", expanding=True))
    return select(slack_threads).where(wanted, slack_threads.c.current.is_(True))


async def thread_at(
    connection: AsyncConnection, workspace: str, slack_channel: str, root_ts: str
) -> SlackThread | None:
    """Find the thread at a place; an old one is still heard."""
    which = select(slack_threads).where(
        slack_threads.c.workspace == workspace,
        slack_threads.c.slack_channel == slack_channel,
        slack_threads.c.root_ts == root_ts,
    )
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(SlackThread, row)


async def keep_thread(
    connection: AsyncConnection,
    *,
    workspace: str,
    slack_channel: str,
    root_ts: str,
    conversation_id: int,
    revision: int,
    now: datetime,
) -> None:
    """Let the conversation go on in this thread from now on; keeping it twice keeps it once."""
    await connection.execute(_past(), {"conversation": conversation_id})
    values = {
        "workspace": workspace,
        "slack_channel": slack_channel,
        "root_ts": root_ts,
        "conversation_id": conversation_id,
        "current": True,
        "revision": revision,
        "posted_at": now,
    }
    if not await keep(connection, slack_threads, values):
        await connection.execute(_thread(workspace, slack_channel, root_ts).values(current=True))


@cache
def _past() -> Any:
    which = slack_threads.c.conversation_id == bindparam("conversation")
    return update(slack_threads).where(which, slack_threads.c.current.is_(True)).values(current=False)


async def shown(connection: AsyncConnection, thread: SlackThread, revision: int, now: datetime) -> None:
    """Remember which revision the card shows; an older one never replaces a newer."""
    change = _thread(thread.workspace, thread.slack_channel, thread.root_ts)
    newer = slack_threads.c.revision < revision
    await connection.execute(change.where(newer).values(revision=revision, edited_at=now))


async def has_moved(connection: AsyncConnection, conversation_id: int) -> bool:
    """Whether the conversation went on in another thread before."""
    which = select(slack_threads.c.root_ts).where(
        slack_threads.c.conversation_id == conversation_id, slack_threads.c.current.is_(False)
    )
    return (await connection.execute(which.limit(1))).first() is not None


async def mentioned(connection: AsyncConnection, thread: SlackThread, now: datetime) -> None:
    """Remember when the owner was last mentioned in the thread."""
    change = _thread(thread.workspace, thread.slack_channel, thread.root_ts)
    await connection.execute(change.values(mentioned_at=now))


def _thread(workspace: str, slack_channel: str, root_ts: str) -> Any:
    return update(slack_threads).where(
        slack_threads.c.workspace == workspace,
        slack_threads.c.slack_channel == slack_channel,
        slack_threads.c.root_ts == root_ts,
    )


async def active_since(
    connection: AsyncConnection, workspace: str, since: datetime, limit: int
) -> list[SlackThread]:
    """List threads in which something may have been said since an instant, what was said last first.

    They are those of conversations that go on, or that ended or heard something since then.
    """
    lately = or_(
        conversations.c.state != "resolved",
        conversations.c.last_at >= since,
        conversations.c.resolved_at >= since,
    )
    which = (
        select(slack_threads)
        .join(conversations)
        .where(slack_threads.c.workspace == workspace, lately)
        .order_by(conversations.c.last_at.desc(), slack_threads.c.root_ts.desc())
        .limit(limit)
    )
    return [made(SlackThread, row) for row in await connection.execute(which)]


async def live_cards(connection: AsyncConnection) -> int:
    """Count the cards of conversations that are not resolved."""
    which = (
        select(func.count())
        .select_from(slack_threads.join(conversations))
        .where(slack_threads.c.current.is_(True), conversations.c.state != "resolved")
    )
    return int((await connection.execute(which)).scalar_one())
