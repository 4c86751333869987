"""Calling the customer: at which number, what speaks against it, and whose phone rings first."""

from typing import Final

from inbox.desk.calling import NO_NUMBER, Line, lines, own_phone
from inbox.desk.errors import DeskError
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import conversations
from storage.rows import Agent

CALLBACK: Final = "tidings_call"
TITLE: Final = "Call"
OPENS: Final = "call"


def first(opening: Opening) -> View:
    """Show that it is coming: the numbers stand in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Offer the numbers, and say what should be known before; nothing can be sent where nothing rings."""
    limits = workspace.touches.rules.limits if workspace.touches is not None else None
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, sheet.conversation_of(opening.value) or 0)
        if conversation is None:
            raise DeskError("There is no such conversation any more.")
        found = await lines(connection, workspace.channels, limits, conversation, workspace.now())
    about = [sheet.about(opening.whom)] if opening.spoken else []
    if not found:
        return sheet.modal(CALLBACK, TITLE, [*about, sheet.said(NO_NUMBER)], close="Close")
    try:
        phone = own_phone(workspace.policies, agent)
    except DeskError as missing:
        return sheet.modal(CALLBACK, TITLE, [*about, sheet.said(str(missing))], close="Close")
    rings = f"Your phone, {masked(f'tel:{phone}')}, rings first. Pick up, and the customer is rung."
    blocks = [*about, _choice(found), *_doubts(found), sheet.hint(rings)]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=opening.value, submit="Call")


def _choice(found: list[Line]) -> Json:
    options = [sheet.option(one.number, str(one.address.id)) for one in found[: places.MOST]]
    element = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    return sheet.asks(places.TO, "Number", element)


def _doubts(found: list[Line]) -> list[Json]:
    """Show what speaks against a call; at several numbers, at which."""
    told = [(one.number, doubt) for one in found[: places.MOST] for doubt in one.doubts]
    return [sheet.said(doubt if len(found) == 1 else f"{number}: {doubt}") for number, doubt in told]


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Let the agent's phone ring."""
    conversation_id = sheet.conversation_of(deed.carried)
    if conversation_id is None:
        return ""
    await workspace.desk.call(
        conversation_id,
        agent.id,
        address_id=places.chosen(deed.values),
        now=workspace.now(),
        key=f"slack:{deed.view_id}",
    )
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=(OPENS,), first=first, whole=whole, done=done)
