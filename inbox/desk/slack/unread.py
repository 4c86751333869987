"""The loop that tells authors directly of failures they have not taken in (lane "slack-direct").

Slack does not say who has read what. Taken in is a failure on which the author has reacted, or after
which they did or wrote anything in the conversation, or that was sent again, settled or dropped.
"""

from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack import posts, putting, sentences, words
from inbox.desk.slack.budget import FOR_POSTS
from inbox.desk.slack.calls import NotReached, SlackError, Slowed
from inbox.desk.slack.deeds import Noticed
from inbox.desk.slack.turns import ready
from inbox.desk.slack.workspace import Workspace, log
from storage import seen, slack_posts, slack_threads
from storage import unread as failing
from storage.unread import Unread

LANE: Final = "slack-direct"
NOTICED: Final = "slack-noticed"
EVERY: Final = 30.0
AFTER: Final = timedelta(minutes=10)
OLDEST: Final = timedelta(hours=24)


class Direct:
    """Tells of each failure once."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Tell what is due; says how many seconds until the next look."""
        if await ready(self._workspace):
            await tell(self._workspace, self._workspace.now())
        return EVERY


async def tell(workspace: Workspace, now: datetime) -> None:
    """Tell the authors of what failed at least ten minutes before *now* and is unread, once each."""
    async with workspace.database.reading() as connection:
        rows = await failing.failures(connection, now - OLDEST, now - AFTER)
    for row in rows:
        if workspace.budget.wait(FOR_POSTS, row.author, workspace.calls.clock()) > 0:
            return
        if await _first_time(workspace, row, now):
            await _tell(workspace, row)


async def _first_time(workspace: Workspace, row: Unread, now: datetime) -> bool:
    """Whether nobody was told and the author did not notice; from now on they count as told."""
    async with workspace.database.writing() as connection:
        if await seen.remembers(connection, NOTICED, f"{row.message_id}:{row.author}"):
            return False
        return await seen.remember(connection, LANE, _key(row), now)


async def _tell(workspace: Workspace, row: Unread) -> None:
    async with workspace.database.reading() as connection:
        thread = await slack_threads.thread_of(connection, row.conversation_id)
    link = workspace.link(thread.slack_channel, thread.root_ts) if thread is not None else ""
    about = f"Your answer to {words.name(row.customer or 'the customer')}"
    about += f", “{words.shortened(row.text, 100)}”: " if row.text else ": "
    said = sentences.failed(workspace.label(row.channel), row.state, row.code, row.reason)
    post = posts.linked(about + said, link)
    spot = putting.Spot(
        slack_channel=row.author,
        thread_ts="",
        key=f"direct:{_key(row)}",
        conversation_id=row.conversation_id,
    )
    workspace.budget.take(FOR_POSTS, row.author, workspace.calls.clock())
    try:
        await putting.put_as_is(workspace, post, spot)
    except (Slowed, NotReached):
        async with workspace.database.writing() as connection:
            await seen.forget_one(connection, LANE, _key(row))
    except SlackError as error:  # lost or refused: the thread tells of it in any case
        log.warning("slack author not told", error=str(error))


def _key(row: Unread) -> str:
    """Name one failure: when the answer fails again after it was sent again, that is another."""
    return f"{row.delivery_id}:{row.ended_at.timestamp():.6f}"


async def noticed(workspace: Workspace, deed: Noticed) -> None:
    """Take in that somebody reacted on an answer or on the post that tells of its failure."""
    async with workspace.database.writing() as connection:
        found = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
        ids = {post.message_id for post in found if post.by_agent}
        failed = await failing.message_at(connection, "slack", deed.ts)
        for message_id in ids | ({failed} if failed else set()):
            await seen.remember(connection, NOTICED, f"{message_id}:{deed.slack_id}", workspace.now())
