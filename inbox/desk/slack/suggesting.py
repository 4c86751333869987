"""Offering to keep as a promise what an agent has just answered: one click, and only they see it."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promise_words, promised
from inbox.desk.slack import posts, words
from inbox.desk.slack.deeds import Clicked
from inbox.desk.slack.sheets.promise import SAID, parts_of, said_value
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent
from storage.slack_threads import SlackThread

KEEP: Final = "promise_said"
NO: Final = "promise_said_no"
LABEL: Final = 75


async def suggest(
    workspace: Workspace, thread: SlackThread, message_id: int, agent: Agent, text: str
) -> None:
    """Whisper the offer where an answer reads like a promise; nothing depends on it."""
    found = await promise_words.found(text, workspace.now(), agent.zone)
    if found is None:
        return
    value = said_value(thread.conversation_id, message_id, found.due_at, found.text)
    when = promised.written(found.due_at, ZoneInfo(agent.zone))
    label = f"Keep it as a promise: {words.shortened(found.text, 20)}, {when}"
    offer = posts.question(
        f"That reads like a promise: “{found.text}” by {when}.",
        [
            (KEEP, words.shortened(label, LABEL), value),
            (SAID, "Change it first", value),
            (NO, "It is none", value),
        ],
    )
    await workspace.whisper(thread.slack_channel, thread.root_ts, agent.slack_id, offer.text, offer.blocks)


async def answer(workspace: Workspace, deed: Clicked, agent: Agent) -> str:
    """Make the promise that was offered, once, or let it be; raises a DeskError."""
    conversation, message, due, text = parts_of(deed.value)
    if deed.action == NO or not message:
        return ""
    await workspace.desk.promise(
        int(conversation),
        agent.id,
        text=text,
        due_at=datetime.fromtimestamp(due, UTC),
        message_id=message,
        key=f"said:{message}",
        now=workspace.now(),
    )
    return ""
