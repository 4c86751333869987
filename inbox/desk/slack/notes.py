"""Notes: what agents write that no customer sees, and what the thread says about why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from inbox.desk.errors import DeskError
from inbox.desk.slack import asking
from inbox.desk.slack.doubts import Doubt
from inbox.desk.slack.workspace import Workspace
from inbox.media import KeptFile
from storage import queues, slack_asks, slack_posts
from storage.queues import OwedRow
from storage.rows import Agent
from storage.slack_asks import SlackAsk
from storage.slack_posts import SlackPost
from storage.slack_threads import SlackThread


class Notes:
    """Keeps what agents write for us alone, and remembers where it stands in Slack."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def note(
        self, thread: SlackThread, ts: str, agent: Agent, key: str, text: str, files: Sequence[KeptFile] = ()
    ) -> int | None:
        """Keep words inside and mark them as a note; None if there are none."""
        now = self._workspace.now()
        try:
            message_id = await self._workspace.desk.note(
                thread.conversation_id, agent.id, text=text, files=files, now=now, key=key, origin="slack"
            )
        except DeskError as error:
            await self._workspace.whisper(thread.slack_channel, thread.root_ts, agent.slack_id, str(error))
            return None
        await self.stands(thread, ts, message_id)
        await self._owe_mark(thread.conversation_id, message_id, now)
        return message_id

    async def _owe_mark(self, conversation_id: int, message_id: int, now: datetime) -> None:
        owed = OwedRow(
            lane="slack-marks",
            kind="mark",
            conversation_id=conversation_id,
            message_id=message_id,
            key=f"mark:note:{message_id}",
            due_at=now,
        )
        async with self._workspace.database.writing() as connection:
            await queues.owe(connection, self._workspace.database.ids, [owed], now)
        self._workspace.nudges.nudge("slack-marks")

    async def stands(self, thread: SlackThread, ts: str, message_id: int) -> None:
        """Remember which message of ours an agent wrote in a thread."""
        post = SlackPost(
            slack_channel=thread.slack_channel,
            ts=ts,
            message_id=message_id,
            thread_ts=thread.root_ts,
            by_agent=True,
            mark="",
        )
        async with self._workspace.database.writing() as connection:
            await slack_posts.keep_post(connection, post)
        self._workspace.nudges.nudge("slack-marks")

    async def told(
        self,
        thread: SlackThread,
        ts: str,
        agent: Agent,
        said: Mapping[str, Any],
        question: Doubt,
        *,
        state: str = "told",
    ) -> None:
        """Say in the thread at once that nothing is sent, and why, for whispers are missed."""
        row = SlackAsk(
            slack_channel=thread.slack_channel,
            ts=ts,
            thread_ts=thread.root_ts,
            conversation_id=thread.conversation_id,
            agent_id=agent.id,
            question=question.sentence,
            sendable=question.sendable,
            said=said,
            state=state,
            asked_at=self._workspace.now(),
        )
        async with self._workspace.database.writing() as connection:
            await slack_asks.keep_ask(connection, row)
            await asking.owe_told(
                connection, self._workspace, row, row.question, asking.buttons_of(row), agent.slack_id
            )
        self._workspace.nudges.nudge("slack")
