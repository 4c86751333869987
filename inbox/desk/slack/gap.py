"""The loop that reads back what agents wrote while Slack could not tell us (lane "slack-gap").

Slack brings an event again for some minutes and then no more. Until when we listened is a row, moved on
while we do; when we listen again after a gap, the threads in which something may have been said are
read, and what is missing is journalled like any event.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from inbox.desk.slack import finding, reading
from inbox.desk.slack.budget import FOR_READS
from inbox.desk.slack.calls import Said, SlackError, Slowed
from inbox.desk.slack.deeds import Said as Typed
from inbox.desk.slack.turns import ready
from inbox.desk.slack.workspace import Workspace, log
from storage import facts, restored, seen, slack_asks, slack_posts, slack_threads
from storage.slack_threads import SlackThread

LANE: Final = "slack-gap"
HEARD: Final = "slack-heard"
IDLE: Final = 30.0
SOON: Final = 5.0
SHORT: Final = timedelta(seconds=60)  # Slack itself brings again what it could not hand over for so long
LATE: Final = timedelta(minutes=10)  # older words go to the customer only when an agent says so
FARTHEST: Final = timedelta(hours=24)  # the keys of what we have are remembered longer than this
MOST: Final = 1_000

Keep = Callable[[Mapping[str, Any]], Awaitable[None]]


class Gap:
    """Knows until when we listened, and reads what was said after it."""

    def __init__(self, workspace: Workspace, keep: Keep) -> None:
        """Give what is missing to *keep*, which journals it."""
        self._workspace, self._keep = workspace, keep
        self._since: datetime | None = None
        self._restored: datetime | None = None
        self._left: list[SlackThread] = []

    async def turn(self) -> float:
        """Read what may be read now, or note that we listen; says how many seconds until the next turn."""
        workspace = self._workspace
        if not workspace.listens or not await ready(workspace):
            return IDLE
        if workspace.deaf:
            workspace.deaf = False
            await self._begin(workspace.now())
        while self._left and self._since is not None:
            wait = workspace.budget.wait(FOR_READS, "", workspace.calls.clock())
            if wait <= 0:
                wait = await self._read(self._left[0], self._since)
            if wait > 0 or workspace.deaf:
                return wait
            self._left.pop(0)
        await self._listened(workspace.now())
        return IDLE

    async def _begin(self, now: datetime) -> None:
        """Find what to read: nothing after a first start or a short gap."""
        self._left = []
        async with self._workspace.database.reading() as connection:
            told = await facts.told(connection, HEARD)
            self._restored = await restored.restored_at(connection)
            self._since = max(datetime.fromisoformat(told), now - FARTHEST) if told else None
            if self._since is None or now - self._since < SHORT:
                return
            self._left = await slack_threads.active_since(
                connection, self._workspace.team_id, self._since, MOST
            )
        log.warning("slack could not tell us", since=self._since.isoformat(), threads=len(self._left))

    async def _listened(self, now: datetime) -> None:
        """Write down that nothing before now is missing."""
        async with self._workspace.database.writing() as connection:
            await facts.tell(connection, HEARD, now.isoformat())

    async def _read(self, thread: SlackThread, since: datetime) -> float:
        """Take what is missing in a thread; says how many seconds to wait before it is tried again."""
        where = {"channel": thread.slack_channel, "ts": thread.root_ts}
        try:
            async for message in finding.pages(self._workspace, FOR_READS, since, **where):
                await self._take(thread, message)
        except Slowed as error:
            return error.seconds
        except Said as error:
            log.warning("slack thread not read", slack_channel=thread.slack_channel, code=error.code)
        except SlackError as error:
            log.warning("slack thread not read yet", error=str(error))
            return SOON
        return 0.0

    async def _take(self, thread: SlackThread, message: Mapping[str, Any]) -> None:
        at = reading.at(str(message.get("ts") or ""))
        forgotten = self._restored is not None and at <= self._restored  # it may have gone to them long ago
        late = forgotten or self._workspace.now() - at > LATE
        payload = reading.told(message, thread.workspace, thread.slack_channel, late=late)
        deed = reading.read(payload)
        if isinstance(deed, Typed) and not await self._known(deed):
            log.info("slack message read back", slack_channel=deed.slack_channel, late=late)
            await self._keep(payload)

    async def _known(self, deed: Typed) -> bool:
        """Whether we were told of it: it stands in the journal's keys, as a message or as a question."""
        async with self._workspace.database.reading() as connection:
            return (
                await seen.remembers(connection, "slack", reading.place(deed))
                or bool(await slack_posts.posts_at(connection, deed.slack_channel, deed.ts))
                or await slack_asks.ask_at(connection, deed.slack_channel, deed.ts) is not None
            )
