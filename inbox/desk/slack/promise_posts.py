"""Promises in a thread: the reminder with its buttons, what befell one; times are in each reader's zone."""

from collections.abc import Mapping
from typing import Any, Final

from inbox.desk import promised
from inbox.desk.slack import posts, words
from inbox.desk.slack.pieces import FORM
from inbox.desk.slack.pieces import post as pieced
from inbox.desk.slack.posts import Post
from inbox.desk.slack.rich import Block
from inbox.desk.slack.workspace import Workspace
from storage import agents, promises
from storage.database import Connection
from storage.promises import OPEN, Promise
from storage.rows import Delivery

KEPT: Final = "promise_kept"
MOVE: Final = "promise_move"
TELL: Final = "promise_tell"
DROP: Final = "promise_drop"
BUTTONS: Final = ((KEPT, "Kept"), (MOVE, "New time"), (TELL, "Tell the customer"), (DROP, "Let it go"))
SURE: Final = {
    "title": {"type": "plain_text", "text": "Let it go?"},
    "text": {
        "type": "plain_text",
        "text": "Before it is due the promise is withdrawn; after, it counts as broken.",
    },
    "confirm": {"type": "plain_text", "text": "Let it go"},
    "deny": {"type": "plain_text", "text": "Cancel"},
}


async def reminder(connection: Connection, row: Delivery) -> Post | None:
    """Make the reminder that a row owes, mentioning who is told; None once the promise is not open."""
    data = row.data or {}
    promise = await promises.one(connection, int(data.get("promise_id") or 0))
    if promise is None or promise.state != OPEN:
        return None
    owner = await agents.one(connection, promise.owner_id)
    to = await agents.one(connection, int(data.get("to") or 0))
    mine = to is not None and to.id == promise.owner_id
    head = "You promised" if mine else f"{owner.name if owner else 'Somebody'} promised"
    if data.get("stage") == "lead":
        head = f"Late, and nobody said that it is kept. {head}"
    pieces: list[promised.Piece] = [f"{head}: {promise.text} (", promise.due_at, ")"]
    post = pieced(pieces, to.slack_id if to is not None else "")
    return Post(text=f"{post.text} {_labels()}", blocks=[*post.blocks, buttons(promise)])


def happened(kind: str, who: str, data: Mapping[str, Any]) -> Post:
    """Say what befell a promise."""
    return pieced(promised.pieces(kind, who, data))


def buttons(promise: Promise) -> Block:
    """Offer what can be done with an open promise; each carries its key."""
    value = value_of(promise)
    made = [posts.button(action, label, value) for action, label in BUTTONS]
    made[0]["style"] = "primary"
    made[-1]["confirm"] = SURE
    return {"type": "actions", "elements": made}


def value_of(promise: Promise) -> str:
    """Write what a button about a promise carries: its conversation and its key."""
    return f"{promise.conversation_id}|{promise.id}"


def of_value(value: str) -> int:
    """Read the promise's key from a button's value, 0 if it has none."""
    key = value.split("|")[1] if "|" in value else ""
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 20 else 0


def _labels() -> str:
    return " ".join(f"[{label}]" for _, label in BUTTONS)


def listed(promise: Promise, owner: str = "") -> str:
    """Write a promise on one line of mrkdwn: what, by when, and who keeps it."""
    whose = f", {words.name(owner)}" if owner else ""
    return f"{words.escape(words.shortened(promise.text, 150))} {words.clock(promise.due_at, FORM)}{whose}"


async def facts_of(
    connection: Connection, workspace: Workspace, customer_id: int
) -> tuple[tuple[str, str], ...]:
    """Read what a card says of open promises, as (label, mrkdwn): the soonest two and how many more."""
    found = await promises.open_for_customer(connection, customer_id)
    if not found:
        return ()
    now = workspace.now()
    lines = [("late: " if one.due_at <= now else "") + listed(one) for one in found[:2]]
    more = [f"and {len(found) - 2} more"] if len(found) > 2 else []
    return (("Promise" if len(found) == 1 else "Promises", "\n".join([*lines, *more])),)
