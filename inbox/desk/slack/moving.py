"""Moving a conversation to another team's Slack channel: a new card there, under it what was said."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from inbox.desk.slack import lines, posts, sentences, words
from inbox.desk.slack.posts import Post
from inbox.desk.slack.showing import lines_of, owner_to_mention
from inbox.desk.slack.workspace import Workspace
from storage import agents, conversations, queues, slack_facts, slack_threads, touch_birthdays
from storage.database import Connection
from storage.queues import OwedRow
from storage.rows import Delivery
from storage.slack_threads import SlackThread

MOVED: Final = "moved"
QUOTED: Final = 10
LONGEST: Final = 500  # characters of each quoted message: ten of them stay within one post
SILENCE: Final = 30 * 60.0
AT_ONCE: Final = ("handed_over", "birthday", "reassigned", "due_soon")
"""What the owner must hear of whenever it was that they were called last."""


async def owe_move(
    workspace: Workspace, row: Delivery, thread: SlackThread, details: Mapping[str, Any]
) -> None:
    """Owe the other team a card, if a hand-over leads to another Slack channel."""
    home = workspace.home_of(str(details.get("to_team") or ""))
    if not details.get("to_team") or home in ("", thread.slack_channel):
        return
    owed = OwedRow(
        lane="slack",
        kind=MOVED,
        conversation_id=row.conversation_id,
        key=f"moved:{details.get('happening_id')}",
        data={"happening_id": details.get("happening_id")},
        due_at=workspace.now(),
    )
    async with workspace.database.writing() as connection:
        await queues.owe(connection, workspace.database.ids, [owed], workspace.now())


async def mention_of(workspace: Workspace, thread: SlackThread, kind: str) -> str:
    """Name the owner's Slack id where a hand-over or a birthday must reach them; each is mentioned once."""
    async with workspace.database.reading() as connection:
        moved = await slack_threads.has_moved(connection, thread.conversation_id)
        due = kind in AT_ONCE or (moved and kind in ("assigned", MOVED))
        if not due:
            return ""
        silence = 0.0 if kind in AT_ONCE else SILENCE
        mention = await owner_to_mention(connection, workspace, thread, silence)
        if kind == "birthday" and not mention:
            mention = await _manager(connection, thread)
    if mention:
        async with workspace.database.writing() as connection:
            await slack_threads.mentioned(connection, thread, workspace.now())
    return mention


async def _manager(connection: Connection, thread: SlackThread) -> str:
    """Name who looks after the customer of a conversation that nobody owns."""
    conversation = await conversations.one(connection, thread.conversation_id)
    if conversation is None:
        return ""
    manager = await touch_birthdays.manager_of(connection, conversation.customer_id)
    return manager.slack_id if manager is not None else ""


async def quote_of(workspace: Workspace, row: Delivery, thread: SlackThread) -> Post:
    """Say in the new thread who hands over and why, and quote what was said last."""
    mention = await mention_of(workspace, thread, MOVED)
    async with workspace.database.reading() as connection:
        event = await conversations.happening(connection, int((row.data or {}).get("happening_id") or 0))
        giver = await agents.one(connection, event.agent_id) if event and event.agent_id else None
        said = await slack_facts.last_said(connection, row.conversation_id, QUOTED)
        quoted = await lines_of(connection, workspace, said)
    why = sentences.happened("handed_over", giver.name if giver else "", event.data if event else {})
    head = posts.sentence(f"{why} What was said last:", mention)
    body = lines.of_customer([replace(one, text=words.shortened(one.text, LONGEST)) for one in quoted])
    return Post(text=f"{head.text}\n{body.text}", blocks=[*head.blocks, *body.blocks])
