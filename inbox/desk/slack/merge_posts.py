"""What threads say when two customers become one: links both ways, an undo, and who is likely the same."""

from collections.abc import Mapping
from typing import Any, Final

from inbox.desk.slack import posts, words
from inbox.desk.slack.posts import Post
from inbox.desk.slack.rich import Block, rich, said, section
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import agents, conversations, likely, slack_threads
from storage.database import Connection
from storage.rows import Conversation

MERGED: Final = "customers_merged"
PARTED: Final = "customers_parted"
KINDS: Final = (MERGED, PARTED)
UNDO: Final = "merge_undo"
SURE: Final = {
    "title": {"type": "plain_text", "text": "Undo the merge?"},
    "text": {
        "type": "plain_text",
        "text": "They become two customers again. What came since stays with the address it came by.",
    },
    "confirm": {"type": "plain_text", "text": "Undo"},
    "deny": {"type": "plain_text", "text": "Cancel"},
}


async def post_of(
    workspace: Workspace, conversation_id: int, kind: str, who: str, data: Mapping[str, Any]
) -> Post:
    """Say it in one thread, with a link to the other; its owner is mentioned."""
    other = int(data.get("other") or data.get("into") or 0)
    async with workspace.database.reading() as connection:
        link = await link_to(connection, workspace, other) if other else ""
        mention = await _owner(connection, conversation_id)
    post = _said(sentence(kind, who, data), link, mention)
    if kind == PARTED or data.get("into"):
        return post
    undo = posts.button(UNDO, "Undo", f"{conversation_id}|{data.get('merge_id')}")
    actions = {"type": "actions", "elements": [{**undo, "confirm": SURE}]}
    return Post(text=f"{post.text} [Undo]", blocks=[*post.blocks, actions])


def sentence(kind: str, who: str, data: Mapping[str, Any]) -> str:
    """Say in one sentence what befell this conversation."""
    who, name = who or "tidings", words.shortened(str(data.get("customer") or ""), 80)
    if kind == PARTED:
        return f"{who} undid the merge: these are two customers again."
    if data.get("into"):
        return f"{who} merged this customer with another: the conversation goes on there."
    with_ = name or "a customer without a name"
    both = " Both conversations go on here." if data.get("other") else ""
    return f"{who} merged {with_} into this customer.{both} It can be undone for 30 days."


def of_value(value: str) -> int:
    """Read the merge's key from a button's value, 0 if it has none."""
    key = value.partition("|")[2]
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 20 else 0


async def link_to(connection: Connection, workspace: Workspace, conversation_id: int) -> str:
    """Write the address of a conversation's thread; empty where it has none."""
    thread = await slack_threads.thread_of(connection, conversation_id)
    return workspace.link(thread.slack_channel, thread.root_ts) if thread else ""


async def goes_on_at(connection: Connection, workspace: Workspace, conversation: Conversation) -> str:
    """Say where a merged conversation goes on; empty for one that was not merged."""
    if conversation.merged_into is None:
        return ""
    return await link_to(connection, workspace, conversation.merged_into)


async def facts_of(
    connection: Connection, workspace: Workspace, conversation: Conversation
) -> tuple[tuple[str, str], ...]:
    """Name on the card who is likely the same person."""
    if conversation.state == "resolved":
        return ()
    found = await likely.same(connection, conversation.customer_id, limit=2)
    if not found:
        return ()
    told = ", ".join(words.name(one.name or masked(one.address)) for one in found)
    return (("Likely the same person", f"{told}: see Profile, Merge"),)


async def _owner(connection: Connection, conversation_id: int) -> str:
    conversation = await conversations.one(connection, conversation_id)
    owner = conversation.owner_id if conversation else None
    found = await agents.one(connection, owner) if owner else None
    return found.slack_id if found is not None and found.active else ""


def _said(text: str, link: str, mention: str) -> Post:
    post = posts.sentence(text, mention)
    if not link:
        return post
    target: Block = {"type": "link", "url": link, "text": "The other conversation"}
    return Post(text=f"{post.text} {link}", blocks=[*post.blocks, rich([section([said("→ "), target])])])
