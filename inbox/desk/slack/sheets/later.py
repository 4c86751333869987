"""Writing now what is sent later, and changing what waits: when, where to, and what if they write first."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk.errors import DeskError
from inbox.desk.later import FURTHEST, IfTheyWrite
from inbox.desk.later_checks import Then, then
from inbox.desk.promised import written
from inbox.desk.slack import later_posts
from inbox.desk.slack.deeds import Json, Pressed, Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import ways
from storage import conversations, customers, laters
from storage.laters import Later
from storage.rows import Agent

CALLBACK: Final = "tidings_later"
TITLE: Final = "Send later"
IF: Final = (("stop", "Do not send it"), ("send", "Send it all the same"))
NOT: Final = "not"
PASSED: Final = "That time has passed. Choose a time to come."


def first(opening: Opening) -> View:
    """Show that it is coming: the addresses stand in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask what, when and where to; what waits already is shown, or is changed."""
    return await _view(workspace, opening.value, agent, {}, whom=opening.whom if opening.spoken else "")


async def _view(
    workspace: Workspace,
    carried: str,
    agent: Agent,
    values: Json,
    *,
    whom: str = "",
    warnings: tuple[str, ...] = (),
    moment: Then | None = None,
) -> View:
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, sheet.conversation_of(carried) or 0)
        if conversation is None:
            raise DeskError("There is no such conversation any more.")
        known = await customers.addresses_of(connection, conversation.customer_id)
        changed = await laters.one(connection, later_posts.of_value(carried))
        waits = [] if changed else await laters.waiting_in(connection, conversation.id, 5)
    if changed is not None and changed.state != laters.WAITING:
        raise DeskError(f"This message was {changed.state} already.")
    found = ways(workspace.channels, known, workspace.now(), ever=True)
    open_ = [one for one in found if not one.why_not]
    shut = places.others([one for one in found if one.why_not], agent, conversation.owner_id)
    if not open_:
        blocks = [sheet.said("Nothing may be sent to this customer's addresses."), *shut]
        return sheet.modal(CALLBACK, TITLE, blocks, close="Close")
    to = changed.address_id if changed else conversation.address_id
    blocks = [
        *([sheet.said("\n".join(warnings))] if warnings else []),
        *([sheet.about(whom)] if whom else []),
        places.choice(open_, agent, conversation.owner_id, places.chosen(values) or to),
        *shut,
        places.asks_text(sheet.filled(values, places.TEXT) or (changed.text if changed else "")),
        _asks_at(values, changed),
        *([sheet.hint(f"That is {moment.clock}.")] if moment else []),
        _asks_if(values, changed),
        *([_asks_not()] if changed else [places.asks_files()]),
        *(_shown(one, agent) for one in waits),
    ]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=carried, submit="Change" if changed else "Send later")


def _asks_at(values: Json, changed: Later | None) -> Json:
    begun = sheet.instant(values, "at") or (int(changed.at.timestamp()) if changed else None)
    element = {"type": "datetimepicker", **({"initial_date_time": begun} if begun else {})}
    return sheet.asks("at", "When", element, at_once=True)


def _asks_if(values: Json, changed: Later | None) -> Json:
    options = [sheet.option(label, key) for key, label in IF]
    wanted = sheet.picked(values, "if") or (changed.if_they_write if changed else "stop")
    begun = next(one for one in options if one["value"] == wanted)
    return sheet.asks(
        "if",
        "If they write first",
        {"type": "radio_buttons", "options": options, "initial_option": begun},
    )


def _asks_not() -> Json:
    box = {"type": "checkboxes", "options": [sheet.option("Do not send it at all", NOT)]}
    return sheet.asks(NOT, "Cancel", box, optional=True)


def _shown(later: Later, agent: Agent) -> Json:
    """Show what waits already, with a button that changes it."""
    said = f"Waits until {written(later.at, ZoneInfo(agent.zone))}: “{later.text[:200]}”"
    button = {
        "type": "button",
        "action_id": later_posts.EDIT,
        "value": later_posts.value_of(later),
        "text": sheet.plain("Edit"),
    }
    return {**sheet.said(said), "accessory": button}


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Show what the customer's clock says then, and what speaks against it."""
    moment = await _then(workspace, deed.carried, deed.values)
    return await _view(
        workspace,
        deed.carried,
        agent,
        deed.values,
        warnings=moment.warnings if moment else (),
        moment=moment,
    )


async def _then(workspace: Workspace, carried: str, values: Json) -> Then | None:
    at = _at(values)
    if at is None:
        return None
    limits = workspace.touches.rules.limits if workspace.touches is not None else None
    async with workspace.database.reading() as connection:
        return await then(connection, workspace.channels, limits, places.chosen(values), at)


def _at(values: Json) -> datetime | None:
    seconds = sheet.instant(values, "at")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse a time that cannot be; warn once of one that is outside their hours or the window."""
    if NOT in sheet.ticked(deed.values, NOT):
        return None
    at, now = _at(deed.values), workspace.now()
    if at is None or at <= now:
        return sheet.errors(at="Choose a date and a time." if at is None else PASSED)
    if at - now > FURTHEST:
        return sheet.errors(at="At most 90 days ahead.")
    if not sheet.filled(deed.values, places.TEXT) and not places.has_files(deed.values):
        return sheet.errors(text="Write something or add a file.")
    moment = await _then(workspace, deed.carried, deed.values)
    mark = f"|w{int(at.timestamp())}"
    if moment is None or not moment.warnings or deed.carried.endswith(mark):
        return None
    warnings = (*moment.warnings, "Choose another time, or send once more if it is meant.")
    carried = f"{deed.carried.partition('|w')[0]}{mark}"
    view = await _view(workspace, carried, agent, deed.values, warnings=warnings, moment=moment)
    return sheet.instead(view)


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep it until its time, change it, or cancel it."""
    conversation_id, at = sheet.conversation_of(deed.carried), _at(deed.values)
    later_id, desk, now = later_posts.of_value(deed.carried), workspace.desk, workspace.now()
    if later_id and NOT in sheet.ticked(deed.values, NOT):
        await desk.cancel_later(later_id, agent.id, now=now)
        return ""
    if conversation_id is None or at is None:
        raise DeskError("Choose a date and a time.")
    text, to = sheet.filled(deed.values, places.TEXT), places.chosen(deed.values)
    wanted: IfTheyWrite = "send" if sheet.picked(deed.values, "if") == "send" else "stop"
    if later_id:
        await desk.change_later(
            later_id, agent.id, text=text, at=at, if_they_write=wanted, address_id=to, now=now
        )
        return ""
    await desk.send_later(
        conversation_id,
        agent.id,
        address_id=to,
        text=text,
        files=await places.fetched(workspace, deed.values),
        at=at,
        if_they_write=wanted,
        now=now,
        key=f"slack:{deed.view_id}",
    )
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("later", later_posts.EDIT),
    first=first,
    whole=whole,
    pressed=pressed,
    wrong=wrong,
    done=done,
)
