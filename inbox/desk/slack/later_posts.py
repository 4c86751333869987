"""Messages to be sent later in a thread and on the card, with what can be done with them."""

from collections.abc import Mapping
from typing import Any, Final

from inbox.desk import laters_said
from inbox.desk.slack import pieces, posts, words
from inbox.desk.slack.posts import Post
from inbox.desk.slack.workspace import Workspace
from storage import agents, laters, tags
from storage.database import Connection
from storage.laters import Later

EDIT: Final = "later_edit"
CANCEL: Final = "later_cancel"
SHOWN: Final = 2


async def post_of(
    workspace: Workspace, conversation_id: int, kind: str, who: str, data: Mapping[str, Any]
) -> Post:
    """Say what befell it; who wrote what was not sent is mentioned, what waits can be changed."""
    mention = ""
    if kind in (laters_said.REFUSED, laters_said.STOPPED):
        async with workspace.database.reading() as connection:
            writer = await agents.one(connection, int(data.get("to_agent") or 0))
        mention = writer.slack_id if writer is not None else ""
    post = pieces.post(laters_said.pieces(kind, who or "tidings", data), mention)
    if kind != laters_said.MADE:
        return post
    value = f"{conversation_id}|l{data.get('later_id')}"
    elements = [posts.button(EDIT, "Edit", value), posts.button(CANCEL, "Cancel", value)]
    actions = {"type": "actions", "elements": elements}
    return Post(text=f"{post.text} [Edit] [Cancel]", blocks=[*post.blocks, actions])


def value_of(later: Later) -> str:
    """Write what a button about it carries: its conversation and its key."""
    return f"{later.conversation_id}|l{later.id}"


def of_value(value: str) -> int:
    """Read its key from what a button or a modal carries, 0 if there is none."""
    marks = [part[1:] for part in value.split("|")[1:] if part.startswith("l")]
    return (
        int(marks[0]) if marks and marks[0].isascii() and marks[0].isdecimal() and len(marks[0]) < 20 else 0
    )


async def facts_of(connection: Connection, conversation_id: int) -> tuple[tuple[str, str], ...]:
    """Read what a card says of tags and of what waits to be sent, as (label, mrkdwn)."""
    found = await laters.waiting_in(connection, conversation_id)
    tagged = await tags.of(connection, conversation_id)
    facts: list[tuple[str, str]] = []
    if tagged:
        facts.append(("Tags", words.escape(words.shortened(", ".join(tagged), 300))))
    if found:
        lines = [
            f"{words.clock(one.at, pieces.FORM)}: {words.escape(words.shortened(one.text or 'a file', 100))}"
            for one in found[:SHOWN]
        ]
        more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        facts.append(("Sent later", "\n".join([*lines, *more])))
    return tuple(facts)
