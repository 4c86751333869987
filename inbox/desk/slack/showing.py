"""From rows to what a card and a thread show."""

from collections.abc import Collection, Sequence
from typing import Any

from inbox.desk import answer_times
from inbox.desk.life import ELSEWHERE
from inbox.desk.names import place_of
from inbox.desk.slack import (
    answer_posts,
    later_posts,
    merge_posts,
    promise_posts,
    touch_facts,
    touch_lines,
    words,
)
from inbox.desk.slack.card import Card
from inbox.desk.slack.customer_facts import facts_of, language_of
from inbox.desk.slack.lines import Line, of_agent, of_customer
from inbox.desk.slack.posts import Post
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import window_of
from storage import (
    agents,
    attachments,
    conversations,
    customers,
    messages,
    ratings,
    route_facts,
    safety,
    slack_facts,
    slack_threads,
    touch_said,
)
from storage.database import Connection
from storage.rows import Message
from storage.slack_posts import SlackPost
from storage.slack_threads import SlackThread

NAME = 80
SUBJECT = 250
RINGS = {
    "queued": "about to ring",
    "ready": "about to ring",
    "sending": "about to ring",
    "sent": "rung",
    "perhaps": "perhaps rung",
    "failed": "not called",
    "dropped": "not called",
}
"""What became of a call that an agent began."""
STATES = {
    "queued": "waiting to be sent",
    "ready": "waiting to be sent",
    "sending": "being sent",
    "asking": "no answer from the provider yet",
    "perhaps": "perhaps sent",
}


async def card_of(
    connection: Connection, workspace: Workspace, conversation_id: int, moved_to: str = ""
) -> Card | None:
    """Read what the card of a conversation says now."""
    conversation = await conversations.one(connection, conversation_id)
    if conversation is None:
        return None
    customer = await customers.one(connection, conversation.customer_id)
    address = await customers.address(connection, conversation.address_id)
    owner = await agents.one(connection, conversation.owner_id) if conversation.owner_id else None
    channel = workspace.channels.get(conversation.channel)
    window = window_of(channel.spec, address.address if address else "") if channel is not None else None
    last = conversation.last_in_at
    before = (
        await slack_threads.thread_of(connection, conversation.previous_id)
        if conversation.previous_id
        else None
    )
    merged = await merge_posts.goes_on_at(connection, workspace, conversation)
    held = await touch_facts.open_holds(connection, conversation.customer_id)
    guarded = await safety.of_conversation(connection, conversation.id)
    rated = await ratings.of(connection, conversation.id) if conversation.state == "resolved" else None
    decided = await route_facts.decided(connection, conversation.id)
    return Card(
        conversation_id=conversation.id,
        revision=conversation.revision,
        customer=(customer.name if customer else "")
        or _bare(
            address.address if address else "",
            masked=workspace.home_of(conversation.team) in workspace.public,
        ),
        where=(place_of(address.address) if address else "") or workspace.label(conversation.channel),
        tier=customer.tier if customer else "",
        state="merged" if conversation.merged_into else "moved" if moved_to else conversation.state,
        owner=owner.name if owner else "",
        waiting_since=conversation.waiting_since,
        due_at=answer_times.due_of(conversation, decided),
        last_text=conversation.last_text,
        snoozed_until=conversation.snoozed_until,
        resolved_at=conversation.resolved_at,
        reason=conversation.resolve_reason,
        window_until=last + window if window and last else None,
        stopped_at=address.stopped_at if address else None,
        language=language_of(customer, workspace.now()),
        guarded=guarded,
        safe=guarded or workspace.is_safe(conversation.team),
        rating=(rated.rating or 0) if rated else 0,
        previous=workspace.link(before.slack_channel, before.root_ts) if before else "",
        moved_to=merged or moved_to,
        facts=(
            *answer_posts.facts_of(conversation, decided),
            *await promise_posts.facts_of(connection, workspace, conversation.customer_id),
            *await later_posts.facts_of(connection, conversation.id),
            *await touch_facts.facts_of(connection, workspace, conversation, customer, held),
            *await facts_of(connection, workspace, customer),
            *await merge_posts.facts_of(connection, workspace, conversation),
        ),
        holds=tuple(one.kind for one in held),
    )


def _bare(address: str, *, masked: bool) -> str:
    """Write an address without its scheme; *masked* leaves its ends, which tell people apart well enough."""
    bare = address.partition(":")[2]
    if masked and len(bare) > 6:
        return f"{bare[:3]} ••• {bare[-3:]}"
    return bare or "somebody"


async def lines_of(
    connection: Connection, workspace: Workspace, rows: Sequence[Message], plain: Collection[int] = ()
) -> list[Line]:
    """Read how messages are shown, in the order given; *plain* ones have no files and answer no touch."""
    more = [row for row in rows if row.id not in plain]
    files = await attachments.of_messages(connection, [row.id for row in more])
    asked = [row.id for row in more if row.direction == "in"]
    begun = await touch_said.answered_by(connection, asked) if workspace.touches is not None else {}
    answers = {key: touch_lines.line_of(workspace, one) for key, one in begun.items()}
    return [
        await _line(connection, workspace, row, files.get(row.id, []), answers.get(row.id)) for row in rows
    ]


async def _line(
    connection: Connection,
    workspace: Workspace,
    row: Message,
    files: Sequence[Any],
    answers: touch_lines.TouchLine | None,
) -> Line:
    quoted = ""
    if row.reply_to:
        original = await messages.by_external_id(connection, row.channel, row.reply_to)
        quoted = words.shortened(original.text, 300) if original is not None else ""
    note = row.direction == "note"
    announced = ", ".join(words.shortened(file.name or file.kind, 60) for file in files)
    return Line(
        sender=_of_us(row) or words.shortened(row.sender_name, NAME) or await _name(connection, row),
        where="a note, not sent" if note else workspace.label(row.channel),
        text=row.text or (f"({announced})" if announced else ""),
        at=row.sent_at,
        quoted=quoted,
        edited_at=row.edited_at,
        before=row.text_before,
        deleted_at=row.deleted_at,
        reaction=words.shortened(row.reaction, 20),
        subject=words.shortened(row.subject, SUBJECT),
        answers=answers,
    )


def _of_us(row: Message) -> str:
    """Name who of our side is behind what no agent wrote here; empty for anything else."""
    if not row.nature or row.direction == "in":
        return ""
    return ELSEWHERE if row.nature == "echo" else row.sender_name or "Our side"


def _is_ringing(row: Message) -> bool:
    """Whether it says that an agent calls, not that they have spoken."""
    return row.nature == "call" and bool(row.status)


async def _name(connection: Connection, row: Message) -> str:
    conversation = await conversations.one(connection, row.conversation_id)
    customer = await customers.one(connection, conversation.customer_id) if conversation else None
    return words.shortened(customer.name, NAME) if customer and customer.name else "the customer"


async def post_of(connection: Connection, workspace: Workspace, shown: Sequence[SlackPost]) -> Post | None:
    """Make again the post that shows these messages, as the rows are now."""
    rows = await messages.many(connection, [post.message_id for post in shown])
    if not rows:
        return None
    lines = await lines_of(connection, workspace, rows)
    if rows[0].direction == "in" or (rows[0].nature and not _is_ringing(rows[0])):
        return of_customer(lines)
    return of_agent(lines[0], state_of(rows[0]))


def state_of(row: Message) -> str:
    """Say what became of what an agent wrote."""
    if row.direction == "note":
        return "a note: only our team sees it"
    if row.deleted_at is not None:
        return "taken back"
    state = (RINGS if row.nature == "call" else STATES).get(row.status, row.status)
    return f"{state}: {row.reason}" if row.reason else state


async def owner_to_mention(
    connection: Connection, workspace: Workspace, thread: SlackThread, silence: float
) -> str:
    """Name the Slack id of the owner if it was not mentioned for *silence* seconds; else nothing.

    What is resolved calls nobody.
    """
    if not may_mention(workspace, thread, silence):
        return ""
    return await slack_facts.owner_of(connection, thread.conversation_id)


def may_mention(workspace: Workspace, thread: SlackThread, silence: float) -> bool:
    """Whether nobody was mentioned in the thread for *silence* seconds."""
    last = thread.mentioned_at
    return last is None or (workspace.now() - last).total_seconds() >= silence
