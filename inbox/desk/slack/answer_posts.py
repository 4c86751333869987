"""Answer times in Slack: on the card, and in the thread before and after they have passed."""

from collections.abc import Mapping
from typing import Any

from inbox.desk import answer_times
from inbox.desk.promised import written
from inbox.desk.slack import posts, words
from inbox.desk.slack.posts import Post
from inbox.desk.slack.rich import Block, rich, said, section
from inbox.desk.slack.workspace import Workspace
from storage import agents
from storage.route_facts import Routed
from storage.rows import Conversation

FORM = "{date_short_pretty} {time}"
WHY = 200


async def post_of(workspace: Workspace, kind: str, data: Mapping[str, Any], mention: str) -> Post:
    """Say what befell a conversation whose customer waits, calling *mention*, or the lead of what is late."""
    if kind == "escalated" and data.get("to_agent"):
        async with workspace.database.reading() as connection:
            lead = await agents.one(connection, int(data["to_agent"]))
        mention = lead.slack_id if lead is not None and lead.slack_id else mention
    pieces = answer_times.pieces(kind, data)
    elements: list[Block] = [{"type": "user", "user_id": mention}, said(" ")] if mention else []
    elements += [said(one) if isinstance(one, str) else _date(one) for one in pieces]
    text = "".join(words.escape(one) if isinstance(one, str) else words.clock(one, FORM) for one in pieces)
    return Post(text=text[: posts.TEXT_LIMIT], blocks=[rich([section(elements)])])


def facts_of(conversation: Conversation, decided: Routed | None) -> tuple[tuple[str, str], ...]:
    """Say on the card why it is where it is: the steps that decided, in short."""
    steps = [one for one in answer_times.why_of(conversation, decided) if not one.startswith("no rule fits")]
    if not steps:
        return ()
    return (("Why", words.escape(words.shortened("; ".join(steps[-3:]), WHY))),)


def _date(at: Any) -> Block:
    return {"type": "date", "timestamp": int(at.timestamp()), "format": FORM, "fallback": written(at)}
