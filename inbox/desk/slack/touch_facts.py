"""What a card says of touches: a birthday today, what the words answer, and what holds touches back."""

from collections.abc import Sequence
from typing import Final

from inbox.desk.slack import words
from inbox.desk.slack.touch_lines import FORM, OUTCOMES, occasion
from inbox.desk.slack.workspace import Workspace
from inbox.touches import birthdays
from storage import agents, holds, touch_said
from storage.database import Connection
from storage.holds import Hold
from storage.rows import Conversation, Customer

DAY: Final = "{date_short_pretty}"
Fact = tuple[str, str]


async def facts_of(
    connection: Connection,
    workspace: Workspace,
    conversation: Conversation,
    customer: Customer | None,
    held: Sequence[Hold],
) -> tuple[Fact, ...]:
    """Read what stands among the facts, as (label, mrkdwn): only what there is; *held* are the open holds."""
    if customer is None:
        return ()
    facts: list[Fact] = []
    if workspace.touches is not None:
        found = await birthdays.today(connection, workspace.touches.rules, customer, workspace.now())
        if found is not None:
            row = found.touch
            told = birthdays.becomes(row.state, row.reason, row.clock) if row is not None else ""
            facts.append(("Birthday today", words.escape(told.rstrip(".")) or "no touch is planned"))
        if (begun := await _begun(connection, workspace, conversation)) is not None:
            facts.append(begun)
    return (*facts, *[await _held(connection, one) for one in held])


async def open_holds(connection: Connection, customer_id: int) -> list[Hold]:
    """List what holds a customer's touches back now."""
    return [one for one in await holds.of(connection, customer_id) if one.ended_at is None]


async def _begun(connection: Connection, workspace: Workspace, conversation: Conversation) -> Fact | None:
    last = await touch_said.latest(connection, conversation.id, workspace.now())
    if last is None:
        return None
    said = f"our {words.escape(occasion(workspace, last.kind))} of {words.clock(last.at, DAY)}"
    if last.answered:
        return "Answers", said
    return "Last touch", f"{said}, {OUTCOMES.get(last.status, 'on its way')}"


async def _held(connection: Connection, one: Hold) -> Fact:
    if one.kind == "complaint":
        return "Complaint", f"open since {words.clock(one.since, FORM)}; touches wait"
    agent = await agents.one(connection, one.agent_id) if one.agent_id is not None else None
    return "Touches", f"held by {words.name(agent.name) if agent else 'an agent'}"
