"""Asking an agent before anything is sent: whispered at once, posted in the thread after two minutes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from inbox.desk.safety import is_safe
from inbox.desk.slack import marks, offering, posts
from inbox.desk.slack.doubts import Doubt, Situation, addresses_in
from inbox.desk.slack.workspace import Workspace, quietly
from inbox.desk.texts import parts_of
from storage import agents, customers, queues, slack_asks, slack_facts, slack_threads
from storage.database import Connection
from storage.queues import OwedRow
from storage.rows import Agent, Conversation
from storage.slack_asks import SlackAsk
from storage.slack_threads import SlackThread

Buttons = list[tuple[str, str, str]]


def buttons_of(ask: SlackAsk) -> Buttons:
    """List what an agent may answer; the value names the message that was typed."""
    value = f"{ask.slack_channel}|{ask.ts}"
    offered = offering.buttons(ask)
    send = [("ask_send", str(ask.said.get("label") or "Send"), value)] if ask.sendable else []
    keep = [] if ask.state == "noted" or ask.said.get("correction") else [("ask_note", "Keep as note", value)]
    return [*send, *offered, *keep]


async def ask(
    workspace: Workspace,
    thread: SlackThread,
    ts: str,
    agent: Agent,
    doubt: Doubt,
    said: Mapping[str, Any],
    *,
    state: str = "asked",
) -> None:
    """Keep what was typed, ask about it, and mark it as kept inside; asking twice asks once."""
    if doubt.elsewhere:
        said = {**said, **await offering.offers(workspace, thread.conversation_id, agent)}
    row = SlackAsk(
        slack_channel=thread.slack_channel,
        ts=ts,
        thread_ts=thread.root_ts,
        conversation_id=thread.conversation_id,
        agent_id=agent.id,
        question=doubt.sentence,
        sendable=doubt.sendable,
        said=dict(said),
        state=state,
        asked_at=workspace.now(),
    )
    async with workspace.database.writing() as connection:
        fresh = await slack_asks.keep_ask(connection, row)
        if not fresh:
            await slack_asks.answer_ask(connection, row, state)
            await slack_asks.change_ask(connection, row, said)
    await whisper_ask(workspace, row, agent.slack_id)
    if fresh:
        mark = workspace.calls.ask(
            "reactions.add", channel=row.slack_channel, timestamp=row.ts, name=marks.NOTE
        )
        await quietly(mark)


async def whisper_ask(workspace: Workspace, row: SlackAsk, slack_id: str) -> None:
    """Ask so that only the author sees it."""
    post = posts.question(row.question, buttons_of(row))
    await workspace.whisper(row.slack_channel, row.thread_ts, slack_id, post.text, post.blocks)


async def tell_unanswered(workspace: Workspace) -> None:
    """Post the questions that nobody has answered in time: a whisper is easily missed."""
    now = workspace.now()
    before = now - timedelta(seconds=workspace.settings.ask_again_seconds)
    async with workspace.database.reading() as connection:
        waiting = await slack_asks.unanswered(connection, before)
    for row in waiting:
        async with workspace.database.writing() as connection:
            author = await agents.one(connection, row.agent_id)
            await slack_asks.answer_ask(connection, row, "told")
            await owe_told(
                connection, workspace, row, row.question, buttons_of(row), author.slack_id if author else ""
            )
        workspace.nudges.nudge("slack")


async def owe_told(
    connection: Connection,
    workspace: Workspace,
    row: SlackAsk,
    sentence: str,
    buttons: Sequence[tuple[str, str, str]],
    mention: str,
) -> None:
    """Owe the thread a post that must be read, once for this message."""
    owed = OwedRow(
        lane="slack",
        kind="asked",
        conversation_id=row.conversation_id,
        key=f"asked:{row.slack_channel}:{row.ts}",
        text=sentence,
        data={"buttons": [list(each) for each in buttons], "mention": mention},
        due_at=workspace.now(),
    )
    await queues.owe(connection, workspace.database.ids, [owed], workspace.now())


async def situation(
    workspace: Workspace, conversation: Conversation, thread: SlackThread, agent: Agent, text: str, files: int
) -> Situation:
    """Read what must be known to decide whether an agent is asked."""
    async with workspace.database.reading() as connection:
        owner = await agents.one(connection, conversation.owner_id) if conversation.owner_id else None
        address = await customers.address(connection, conversation.address_id)
        last = await slack_facts.last_answer(connection, conversation.id)
        last_agent = await agents.one(connection, last[0]) if last and last[0] else None
        current = await slack_threads.thread_of(connection, conversation.id)
        anothers = await _anothers(connection, conversation, text)
        safe = await is_safe(connection, workspace.policies, conversation, agent)
    channel = workspace.channels.get(conversation.channel)
    here = current is None or (current.slack_channel, current.root_ts) == (
        thread.slack_channel,
        thread.root_ts,
    )
    return Situation(
        text=text,
        agent_id=agent.id,
        now=workspace.now(),
        state=conversation.state,
        owner_id=conversation.owner_id,
        owner_name=owner.name if owner else "",
        last_agent_id=last[0] if last else None,
        last_agent_name=last_agent.name if last_agent else "",
        last_answer_at=last[1] if last else None,
        stopped=address is not None and address.stopped_at is not None,
        safe_mode=workspace.settings.safe_mode or safe,
        moved_to="" if here or current is None else workspace.link(current.slack_channel, current.root_ts),
        channel=workspace.label(conversation.channel),
        parts=len(parts_of(text, (), channel.spec)) if channel is not None and text else 1,
        anothers=anothers,
    )


async def _anothers(connection: Connection, conversation: Conversation, text: str) -> str:
    for written in addresses_in(text):
        known = await customers.by_address(connection, written)
        if known is not None and known.customer_id != conversation.customer_id:
            return written.partition(":")[2]
    return ""
