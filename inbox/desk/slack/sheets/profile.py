"""A customer's profile: who they are, how to reach them, what they said, bought and may expect."""

from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.roles import leads, may_see_digits
from inbox.desk.slack import merge_posts, profile_blocks, words
from inbox.desk.slack.deeds import Pressed, Submitted
from inbox.desk.slack.posts import button
from inbox.desk.slack.rich import Block
from inbox.desk.slack.sheets import merge, profile_edit, sheet
from inbox.desk.slack.sheets.sheet import Opening, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import conversations
from storage.profiles import Profile
from storage.rows import Agent

CALLBACK: Final = "tidings_profile"
TITLE: Final = "Profile"
EDIT: Final = "profile_edit"
MERGE: Final = "profile_merge"
UNDO: Final = "profile_undo"
LIFE: Final = "timeline"


def first(opening: Opening) -> View:
    """Show that it is coming: everything of it stands in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Show the customer of a conversation; the look is written down."""
    conversation_id = sheet.conversation_of(opening.value)
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, conversation_id or 0)
    if conversation is None:
        raise DeskError("There is no such conversation any more.")
    return await shown(workspace, conversation.id, conversation.customer_id, agent)


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Lay the form to change it upon it, or the one to merge; or undo a merge."""
    conversation_id, customer_id = parts_of(deed.carried)
    match deed.action:
        case "profile_edit":
            return Pushed(view=await profile_edit.view(workspace, deed.carried, customer_id, agent))
        case "profile_merge":
            other = deed.value.rpartition("|")[2]
            chosen = int(other) if other.isdecimal() else 0
            return Pushed(view=await merge.view(workspace, deed.carried, agent, chosen))
        case "profile_undo":
            merge_id = merge_posts.of_value(deed.value)
            await workspace.desk.unmerge(merge_id, agent.id, now=workspace.now())
            return await shown(workspace, conversation_id, customer_id, agent)
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """It only shows."""
    return ""


def parts_of(carried: str) -> tuple[int, int]:
    """Read the conversation and the customer that a modal carries."""
    head, _, rest = carried.partition("|")
    tail = rest.partition("|")[0]
    return (int(head) if head.isdecimal() else 0, int(tail) if tail.isdecimal() else 0)


async def shown(workspace: Workspace, conversation_id: int, customer_id: int, agent: Agent) -> View:
    """Show a customer as seen from a conversation of theirs, 0 if there is none; the look is written down."""
    now = workspace.now()
    found = await workspace.desk.profile(customer_id, agent.id, now=now)
    async with workspace.database.reading() as connection:
        links = {
            one.id: await merge_posts.link_to(connection, workspace, one.id) for one in found.conversations
        }
    seen = may_see_digits(agent, [one.owner_id for one in found.conversations])
    value = f"{conversation_id}|{found.customer.id}"
    blocks = [
        *profile_blocks.of(found, now, whole=seen, links=links, policy=workspace.policy),
        *_likely(found, value, agent, seen=seen),
        *_merged(found, conversation_id, agent),
        {"type": "actions", "block_id": "do", "elements": _buttons(value, agent)},
    ]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=value, close="Close")


def _buttons(value: str, agent: Agent) -> list[Block]:
    both = [button(EDIT, "Edit", value, "primary"), button(LIFE, "Everything in one order", value)]
    return [*both, button(MERGE, "Merge…", f"{value}|0")] if leads(agent) else both


def _likely(found: Profile, value: str, agent: Agent, *, seen: bool) -> list[Block]:
    blocks = []
    for one in found.likely:
        where = one.address.partition(":")[2] if seen else masked(one.address)
        line = profile_blocks.mrkdwn(
            f"Likely the same person: *{words.name(one.name)}*, {words.escape(where)}"
        )
        offer = button(MERGE, "Merge…", f"{value}|{one.customer_id}")
        blocks.append({**line, "accessory": offer} if leads(agent) else line)
    return blocks


def _merged(found: Profile, conversation_id: int, agent: Agent) -> list[Block]:
    blocks = []
    for one in found.merged[:5]:
        line = profile_blocks.mrkdwn(
            f"Merged with *{words.name(one.name)}*, {words.clock(one.merge.at, profile_blocks.MOMENT)}"
        )
        undo = {**button(UNDO, "Undo", f"{conversation_id}|{one.merge.id}"), "confirm": merge_posts.SURE}
        blocks.append({**line, "accessory": undo} if one.undoable and leads(agent) else line)
    return blocks


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("profile",),
    first=first,
    whole=whole,
    pressed=pressed,
    done=done,
)
