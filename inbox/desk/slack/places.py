"""Which conversation a place in Slack is; a lost row is healed by the card's own metadata."""

from dataclasses import dataclass, field
from typing import Final

from inbox.desk.slack.workspace import Workspace
from storage import conversations, slack_threads
from storage.slack_threads import SlackThread

MOST_STRANGE: Final = 5_000


@dataclass(slots=True, kw_only=True)
class Places:
    """Finds threads; remembers for this process which ones are none of ours."""

    workspace: Workspace
    _strange: set[tuple[str, str]] = field(default_factory=set)

    async def thread(self, slack_channel: str, root_ts: str) -> SlackThread | None:
        """Find the thread at a place; raises a SlackError if Slack must be asked and cannot be."""
        workspace = self.workspace
        async with workspace.database.reading() as connection:
            known = await slack_threads.thread_at(connection, workspace.team_id, slack_channel, root_ts)
        if known is not None or (slack_channel, root_ts) in self._strange:
            return known
        conversation_id = await self._told_by_root(slack_channel, root_ts)
        if conversation_id is None:
            if len(self._strange) >= MOST_STRANGE:
                self._strange.clear()
            self._strange.add((slack_channel, root_ts))
            return None
        return await self.heal(slack_channel, root_ts, conversation_id)

    async def heal(self, slack_channel: str, root_ts: str, conversation_id: int) -> SlackThread | None:
        """Remember again that this thread is a conversation's; it is current if there is no other."""
        workspace = self.workspace
        async with workspace.database.writing() as connection:
            if await conversations.one(connection, conversation_id) is None:
                return None
            other = await slack_threads.thread_of(connection, conversation_id)
            if other is None:
                await slack_threads.keep_thread(
                    connection,
                    workspace=workspace.team_id,
                    slack_channel=slack_channel,
                    root_ts=root_ts,
                    conversation_id=conversation_id,
                    revision=0,
                    now=workspace.now(),
                )
                other = await slack_threads.thread_of(connection, conversation_id)
        return other

    async def _told_by_root(self, slack_channel: str, root_ts: str) -> int | None:
        told = await self.workspace.calls.ask(
            "conversations.replies", channel=slack_channel, ts=root_ts, limit=1, include_all_metadata=True
        )
        for message in told.get("messages") or ():
            metadata = message.get("metadata") or {}
            if message.get("ts") == root_ts and metadata.get("event_type") == "tidings_card":
                named = str((metadata.get("event_payload") or {}).get("conversation", ""))
                number = named.removeprefix("cv_")
                return int(number) if number.isascii() and number.isdecimal() else None
        return None
