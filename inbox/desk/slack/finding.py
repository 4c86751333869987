"""Finding in Slack what stands there: posts of ours by the key in their metadata, and what people wrote."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from inbox.desk.slack import card as cards
from inbox.desk.slack.workspace import Workspace
from storage.slack_threads import SlackThread

PAGES: Final = 5
EARLIER: Final = timedelta(seconds=90)  # Slack's clock and ours differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Where a post stands."""

    ts: str
    keys: tuple[str, ...] = ()


async def find_card(workspace: Workspace, conversation_id: int, slack_channel: str, since: datetime) -> str:
    """Look for a card whose answer was lost; its ts, or empty if it is surely not there."""
    wanted = cards.key(conversation_id)
    async for message in pages(workspace, "conversations.history", since, channel=slack_channel):
        if wanted in keys_of(message):
            return str(message.get("ts", ""))
    return ""


async def find_post(workspace: Workspace, thread: SlackThread, key: str, since: datetime) -> Put | None:
    """Look for a post whose answer was lost; None if it is surely not there. Raises a SlackError."""
    where = {"channel": thread.slack_channel, "ts": thread.root_ts}
    async for message in pages(workspace, "conversations.replies", since, **where):
        keys = keys_of(message)
        if key in keys:
            return Put(ts=str(message.get("ts", "")), keys=keys)
    return None


def keys_of(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Read which deliveries a message of ours shows, from its metadata."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return (str(payload.get("key", "")), *(str(key) for key in payload.get("with") or ()))


async def pages(
    workspace: Workspace, method: str, since: datetime, **where: str
) -> AsyncIterator[Mapping[str, Any]]:
    """Go through the messages since an instant, page by page; raises a SlackError."""
    oldest = f"{(since - EARLIER).timestamp():.6f}"
    cursor = ""
    for _ in range(PAGES):
        workspace.budget.take(method, "", workspace.calls.clock())
        answer = await workspace.calls.ask(
            method, **where, oldest=oldest, limit=200, include_all_metadata=True, cursor=cursor or None
        )
        for message in answer.get("messages") or ():
            yield message
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
