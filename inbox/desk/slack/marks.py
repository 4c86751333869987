"""The loop that marks agents' messages (lane "slack-marks"): sent, delivered, read, failed, perhaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack.budget import FOR_MARKS
from inbox.desk.slack.calls import NotHeard, NotReached, Said, SlackError, Slowed
from inbox.desk.slack.turns import work_off
from inbox.desk.slack.workspace import Workspace, log
from storage import deliveries, endings, messages, slack_lanes, slack_posts
from storage.endings import Outcome
from storage.rows import Delivery, Message
from storage.slack_posts import SlackPost
from storage.statuses import DELIVERED, DROPPED, FAILED, PERHAPS, READ, READY, SENT

LANE: Final = "slack-marks"
NOTE: Final = "memo"
MARKS: Final = {
    SENT: "heavy_check_mark",
    DELIVERED: "white_check_mark",
    READ: "eyes",
    FAILED: "x",
    PERHAPS: "grey_question",
}
UPWARDS: Final = (MARKS[SENT], MARKS[DELIVERED], MARKS[READ])
AT_ONCE: Final = (MARKS[FAILED], MARKS[PERHAPS], NOTE)
CROWD: Final = 45
FRESH: Final = timedelta(seconds=60)


def wanted(message: Message) -> str:
    """Name the mark that a message deserves, or nothing."""
    return NOTE if message.direction == "note" else MARKS.get(message.status, "")


def goes_on(before: str, after: str) -> bool:
    """Whether *after* may be put where *before* is: never the same, never a step back."""
    if not after or after == before:
        return False
    both = before in UPWARDS and after in UPWARDS
    return not both or UPWARDS.index(after) > UPWARDS.index(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A mark that is due; *crowded*: so many wait that what was read may be left out."""

    row: Delivery
    message: Message | None
    posts: list[SlackPost]
    crowded: bool


class Marks:
    """Puts the highest mark of the moment, after a short wait for a better one."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Put the marks that may be put now; says how many seconds until another may."""
        return await work_off(self._workspace, LANE, FOR_MARKS, self._known, self._one)

    async def _known(self, rows: Sequence[Delivery]) -> list[Wanted]:
        """Read which mark each deserves and where; failures first, what was read last."""
        async with self._workspace.database.reading() as connection:
            known = [
                Wanted(
                    row=row,
                    message=await messages.one(connection, row.message_id or 0),
                    posts=await slack_posts.posts_of(connection, row.message_id or 0),
                    crowded=len(rows) > CROWD,
                )
                for row in rows
            ]
        return sorted(known, key=lambda one: _worth(one.message))

    async def _one(self, due: Wanted, short: bool) -> bool:
        row, message, posts = due.row, due.message, due.posts
        now = self._workspace.now()
        mark = wanted(message) if message is not None else ""
        if short and not (due.crowded and mark == MARKS[READ]):
            return False
        delay = timedelta(seconds=self._workspace.settings.mark_delay_seconds)
        if not posts and message is not None and await self._shown_soon(row, now):
            await self._later(row, now + timedelta(seconds=0.5))
        elif not posts or short or not goes_on(posts[0].mark, mark):
            await self._end(row, Outcome(id=row.id, state=DROPPED, reason="nothing to mark"))
        elif mark not in AT_ONCE and row.owed_at + delay > now:
            await self._later(row, row.owed_at + delay)
        else:
            await self._put(row, posts[0], mark)
        return True

    async def _shown_soon(self, row: Delivery, now: datetime) -> bool:
        """An answer may have left before we wrote down where it was typed, or before its post is up."""
        if now - row.owed_at < FRESH:
            return True
        async with self._workspace.database.reading() as connection:
            return await deliveries.waits(connection, "slack", row.conversation_id)

    async def _later(self, row: Delivery, due_at: datetime) -> None:
        async with self._workspace.database.writing() as connection:
            await slack_lanes.postpone(connection, [row.id], due_at)

    async def _end(self, row: Delivery, outcome: Outcome) -> None:
        async with self._workspace.database.writing() as connection:
            await slack_lanes.claim_these(connection, [row.id])
            await endings.end(connection, [outcome], self._workspace.now())

    async def _put(self, row: Delivery, post: SlackPost, mark: str) -> None:
        workspace = self._workspace
        workspace.budget.take(FOR_MARKS, "", workspace.calls.clock())
        try:
            await workspace.calls.ask(
                "reactions.add", channel=post.slack_channel, timestamp=post.ts, name=mark
            )
        except SlackError as error:
            if not (isinstance(error, Said) and error.code == "already_reacted"):
                await self._end(row, self._failed(row, error))
                return
        async with workspace.database.writing() as connection:
            await slack_lanes.claim_these(connection, [row.id])
            await slack_posts.marked(connection, post, mark)
            await endings.end(connection, [Outcome(id=row.id, state=SENT)], workspace.now())

    def _failed(self, row: Delivery, error: SlackError) -> Outcome:
        match error:
            case Slowed():
                seconds = error.seconds
            case NotReached() | NotHeard():
                seconds = 5.0
            case _:
                log.warning("slack refused a mark", error=str(error))
                return Outcome(id=row.id, state=DROPPED, reason=str(error))
        again = self._workspace.now() + timedelta(seconds=seconds)
        return Outcome(id=row.id, state=READY, reason=str(error), due_at=again)


def _worth(message: Message | None) -> int:
    """Failures first; what was read last, for it is left out first."""
    mark = wanted(message) if message is not None else ""
    return UPWARDS.index(mark) + 1 if mark in UPWARDS else 0
