"""Posts in Slack: which of them shows or is which message."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import (
    slack_posts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackPost:
    """A message in a thread and the message of ours that it is; *mark* is the last mark it got."""

    slack_channel: str
    ts: str
    message_id: int
    thread_ts: str
    by_agent: bool
    mark: str


async def keep_post(connection: AsyncConnection, *posts: SlackPost) -> None:
    """Remember that posts show messages, or that an agent wrote them there."""
    if not posts:
        return
    rows = [{name: getattr(post, name) for name in SlackPost.__slots__} for post in posts]
    await connection.execute(_keep(connection.dialect.name), rows)


@cache
def _keep(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(slack_posts).on_conflict_do_nothing()


async def posts_at(connection: AsyncConnection, slack_channel: str, ts: str) -> list[SlackPost]:
    """List the messages that one post shows, in order."""
    which = select(slack_posts).where(slack_posts.c.slack_channel == slack_channel, slack_posts.c.ts == ts)
    rows = await connection.execute(which.order_by(slack_posts.c.message_id))
    return [made(SlackPost, row) for row in rows]


async def posts_of(connection: AsyncConnection, message_id: int) -> list[SlackPost]:
    """List where a message stands, what the agent wrote first."""
    rows = await connection.execute(_posts_of(), {"message": message_id})
    return [made(SlackPost, row) for row in rows]


@cache
def _posts_of() -> Select[Any]:
    which = select(slack_posts).where(slack_posts.c.message_id == bindparam("message"))
    return which.order_by(slack_posts.c.by_agent.desc(), slack_posts.c.ts)


async def marked(connection: AsyncConnection, post: SlackPost, mark: str) -> None:
    """Remember the last mark a post got."""
    await connection.execute(
        update(slack_posts)
        .where(slack_posts.c.slack_channel == post.slack_channel, slack_posts.c.ts == post.ts)
        .values(mark=mark)
    )
