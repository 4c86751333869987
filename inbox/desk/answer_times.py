"""What is said of answer times and of whom a conversation goes to because of them, in a thread or a log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from inbox.desk.promised import Piece, along, written
from storage.route_facts import Routed
from storage.rows import Conversation

KINDS: Final = ("due_soon", "escalated", "reassigned", "too_long", "owner_away")


def pieces(kind: str, data: Mapping[str, Any]) -> Sequence[Piece]:
    """Say what befell a conversation whose customer waits, with instants where the reader's zone counts."""
    due = _instant(data)
    match kind:
        case "due_soon":
            return "The answer is due ", due, "."
        case "escalated":
            to = f"{data['to']}, who leads the team, is told." if data.get("to") else "The team has no lead."
            return "Late: the answer was due ", due, f", and nobody else can take it. {to}"
        case "too_long":
            return "This matter takes longer than we promise: it was to be settled by ", due, "."
        case "owner_away":
            who = data.get("who") or "The owner"
            return (f"{who} is away: nobody has this conversation.{along(data)}",)
        case _:
            reasons = [str(one) for one in data.get("reasons") or ()]
            why = "; ".join([str(data.get("why") or ""), *reasons[-1:]])
            return (f"{data.get('to') or 'Somebody else'} gets this conversation: {why}.",)


def said(kind: str, data: Mapping[str, Any], zone: tzinfo = UTC) -> str:
    """Say it in plain words, with the times in *zone*."""
    return "".join(one if isinstance(one, str) else written(one, zone) for one in pieces(kind, data))


def due_of(conversation: Conversation, decided: Routed | None) -> datetime | None:
    """Give by when the customer who waits was promised an answer; None where nobody waits for a time."""
    if decided is None or conversation.state != "open" or conversation.waiting_since is None:
        return None
    return decided.reply_due_at if decided.since == conversation.waiting_since else None


def why_of(conversation: Conversation, decided: Routed | None) -> list[str]:
    """Give each step that led to where a conversation is, in sentences; none where an agent chose."""
    if decided is None or conversation.state != "open":
        return []
    if conversation.owner_id is not None and decided.assigned_at is None:
        return []
    return [str(step.get("said") or "") for step in decided.reasons or ()]


def _instant(data: Mapping[str, Any]) -> Piece:
    try:
        return datetime.fromisoformat(str(data.get("due")))
    except ValueError:
        return "a time that is not known"
