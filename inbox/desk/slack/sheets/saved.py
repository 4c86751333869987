"""Saved replies: searched for, shown as this customer reads them, edited, sent with what else they do."""

from collections.abc import Sequence
from typing import Final

from config.filled import marks
from inbox.desk.errors import DeskError
from inbox.desk.roles import may_drop
from inbox.desk.saved import THEN, Preview, Saved, all_of, found, preview, then_said
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Asked, Json, Pressed, Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Option, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import ways
from storage import conversations, customers, promises
from storage.database import Connection
from storage.rows import Agent, Conversation

CALLBACK: Final = "tidings_saved"
TITLE: Final = "Saved reply"
NEW: Final = "saved_new"
DROP: Final = "saved_drop"
SURE: Final = {
    "title": sheet.plain("Give it up?"),
    "text": sheet.plain("Nobody finds this saved reply any more. What was sent with it stays as it is."),
    "confirm": sheet.plain("Give it up"),
    "deny": sheet.plain("Keep it"),
}
CHOSEN: Final = "reply"
SENT_AS: Final = "then"


def first(opening: Opening) -> View:
    """Search at once; nothing of it needs a row."""
    return _view(opening.value, [sheet.about(opening.whom)])


def _view(
    carried: str, blocks: Sequence[Json], chosen: Json | None = None, buttons: Sequence[Json] = ()
) -> View:
    search = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": sheet.plain("Title or words"),
        **({"initial_option": chosen} if chosen else {}),
    }
    new = {
        "type": "button",
        "action_id": NEW,
        "value": carried.partition("|")[0],
        "text": sheet.plain("New saved reply"),
    }
    parts = [
        *blocks[:1],
        sheet.asks(CHOSEN, "Which", search, at_once=True),
        *blocks[1:],
        {"type": "actions", "elements": [new, *buttons]},
    ]
    return sheet.modal(CALLBACK, TITLE, parts, carried=carried, submit="Send")


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer those of the conversation's team that hold what is typed, in title or words."""
    async with workspace.database.reading() as connection:
        known = await all_of(connection, workspace.policy, await _team(connection, deed.carried))
    return [(one.title, one.key) for one in found(known, deed.typed)]


async def _team(connection: Connection, carried: str) -> str:
    conversation = await conversations.one(connection, sheet.conversation_of(carried) or 0)
    return conversation.team if conversation else ""


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Show the chosen one as the customer would read it, to be edited; or give it up."""
    if deed.action == DROP:
        return await _dropped(workspace, deed, agent)
    if deed.action != CHOSEN or not deed.value:
        return None
    async with workspace.database.reading() as connection:
        conversation, saved = await _chosen(connection, workspace, deed.carried, deed.value)
        shown = await preview(connection, workspace.policies, saved, conversation, agent)
        shut = await _shut(connection, workspace, conversation)
    carried = f"{deed.carried.partition('|')[0]}|{saved.key}"
    return _view(
        carried,
        [sheet.hint(f"As the customer reads it ({shown.language})."), *_parts(workspace, shown, shut)],
        sheet.option(saved.title, saved.key),
        [_drop(saved)] if may_drop(agent, saved.made_by) else (),
    )


def _drop(saved: Saved) -> Json:
    button = {"type": "button", "action_id": DROP, "value": saved.key, "style": "danger"}
    return {**button, "text": sheet.plain("Give it up"), "confirm": SURE}


async def _dropped(workspace: Workspace, deed: Pressed, agent: Agent) -> View:
    """Give it up, and search again."""
    await workspace.desk.drop_saved(deed.value, agent.id, now=workspace.now())
    return _view(deed.carried.partition("|")[0], [sheet.said("The saved reply is given up.")])


def _parts(workspace: Workspace, shown: Preview, shut: str) -> list[Json]:
    """Show what leaves and what is done besides; *shut* says why nothing can leave."""
    marked = ", ".join(f"[[{one}]]" for one in shown.missing)
    then = [
        sheet.option(then_said(shown.saved.then, name, workspace.policy), name)
        for name in THEN
        if shown.saved.then.get(name)
    ]
    box = {"type": "checkboxes", "options": then, "initial_options": then}
    return [
        places.asks_text(shown.text, block=f"{places.TEXT}.{shown.saved.key}"),
        *([sheet.said(f"Nobody knows {marked}: fill it in, or take it out.")] if marked else []),
        *([sheet.said(shut)] if shut else []),
        *([sheet.asks(SENT_AS, "And then", box, optional=True)] if then else []),
    ]


async def _chosen(
    connection: Connection, workspace: Workspace, carried: str, key: str
) -> tuple[Conversation, Saved]:
    conversation = await conversations.one(connection, sheet.conversation_of(carried) or 0)
    if conversation is None:
        raise DeskError("There is no such conversation any more.")
    known = await all_of(connection, workspace.policy, conversation.team)
    saved = next((one for one in known if one.key == key), None)
    if saved is None:
        raise DeskError("This saved reply is not there any more.")
    return conversation, saved


async def _shut(connection: Connection, workspace: Workspace, conversation: Conversation) -> str:
    """Say why nothing can be sent where the conversation is, a window that is over among it."""
    address = await customers.address(connection, conversation.address_id)
    if address is None:
        return ""
    [way] = ways(workspace.channels, [address], workspace.now())
    spec = workspace.channels[way.channel].spec if way.channel in workspace.channels else None
    if not way.why_not or spec is None or spec.window is None:
        return way.why_not
    return f"{way.why_not} Only an approved template could leave; agents cannot send those from here."


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse what nobody filled in, what cannot leave, and what cannot be done besides; words are kept."""
    key = deed.carried.partition("|")[2]
    block = f"{places.TEXT}.{key}"
    if not key:
        return sheet.errors(**{CHOSEN: "Choose a saved reply."})
    text = sheet.filled(deed.values, block)
    if not text:
        return sheet.errors(**{block: "Write what the customer reads."})
    if left := marks(text):
        return sheet.errors(**{block: f"Fill in {', '.join(f'[[{one}]]' for one in left)}, or take it out."})
    async with workspace.database.reading() as connection:
        conversation, saved = await _chosen(connection, workspace, deed.carried, key)
        shut = await _shut(connection, workspace, conversation)
        owed = await promises.open_in(connection, conversation.id)
    if conversation.state == "resolved":
        shut = "This conversation was resolved meanwhile. Reopen it first."
    if shut:
        return sheet.errors(**{block: words.shortened(shut, 200)})
    if "resolve" in sheet.ticked(deed.values, SENT_AS) and saved.then.get("resolve") and owed:
        said = f"“{words.shortened(owed[0].text, 80)}” is promised and open: untick it, and resolve after."
        return sheet.errors(**{SENT_AS: said})
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Send it as it was edited, and do what is ticked, in one."""
    conversation_id, key = sheet.conversation_of(deed.carried), deed.carried.partition("|")[2]
    if conversation_id is None:
        return ""
    await workspace.desk.use_saved(
        conversation_id,
        agent.id,
        key=key,
        text=sheet.filled(deed.values, f"{places.TEXT}.{key}"),
        then=sheet.ticked(deed.values, SENT_AS),
        now=workspace.now(),
        gesture=f"slack:{deed.view_id}",
        origin="slack-modal",
    )
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("saved",),
    first=first,
    pressed=pressed,
    wrong=wrong,
    done=done,
    options=options,
)
