"""The shortcut *Send to the customer*: a question, a note or a failed answer, with where it would go."""

from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.slack import outgoing, posts, words
from inbox.desk.slack.asking import buttons_of
from inbox.desk.slack.deeds import Chosen
from inbox.desk.slack.posts import Post
from inbox.desk.slack.workspace import Workspace
from storage import merging_talks, messages, slack_asks, slack_posts
from storage.rows import Agent, Message
from storage.slack_asks import SlackAsk
from storage.slack_threads import SlackThread
from storage.statuses import FAILED

LABEL: Final = "Send to the customer"
NOTHING: Final = "There is nothing here that waits to be sent."


async def offer(workspace: Workspace, deed: Chosen, thread: SlackThread, agent: Agent) -> Post:
    """Say where the message of a shortcut would go, with the button that sends it; raises a DeskError."""
    row = await _asked(workspace, deed, thread, agent)
    if isinstance(row, Message):
        said = f"Not delivered: “{words.shortened(row.text, 100)}”. Send it again?"
        return posts.question(said, [("send_again", "Send again", str(row.id))])
    if not row.sendable or row.state in ("sent", "withdrawn"):
        raise DeskError(row.question if row.state not in ("sent", "withdrawn") else NOTHING)
    text = str(row.said.get("text") or "")
    async with workspace.database.reading() as connection:
        conversation = await merging_talks.surviving(connection, row.conversation_id)
        if conversation is None:
            raise DeskError(NOTHING)
        where = await outgoing.described(connection, workspace, conversation, agent, text)
    shown = f"“{words.shortened(text, 200)}”" if text else "The files"
    return posts.question(f"{shown} goes over {where}", buttons_of(row))


async def _asked(workspace: Workspace, deed: Chosen, thread: SlackThread, agent: Agent) -> SlackAsk | Message:
    """Find what was asked about the message, make a question of a note, or find that it failed."""
    async with workspace.database.reading() as connection:
        row = await slack_asks.ask_at(connection, deed.slack_channel, deed.message_ts)
        standing = await slack_posts.posts_at(connection, deed.slack_channel, deed.message_ts)
        own = [one.message_id for one in standing if one.by_agent]
        said = await messages.many(connection, own)
    if row is not None and row.state != "sent":
        return row
    if said and said[-1].direction == "out" and said[-1].status == FAILED:
        return said[-1]
    if not said or said[-1].direction != "note" or said[-1].deleted_at is not None:
        raise DeskError(NOTHING)
    return await _of_note(workspace, deed, thread, agent, said[-1])


async def _of_note(
    workspace: Workspace, deed: Chosen, thread: SlackThread, agent: Agent, note: Message
) -> SlackAsk:
    """Keep the question whether a note is sent after all."""
    ask = SlackAsk(
        slack_channel=deed.slack_channel,
        ts=deed.message_ts,
        thread_ts=thread.root_ts,
        conversation_id=note.conversation_id,
        agent_id=note.agent_id or agent.id,
        question="Kept as a note: the customer does not see it.",
        sendable=bool(note.text),
        said={"text": note.text, "files": [], "key": f"slack:note:{note.id}", "label": LABEL},
        state="noted",
        asked_at=workspace.now(),
    )
    async with workspace.database.writing() as connection:
        await slack_asks.keep_ask(connection, ask)
    return ask
