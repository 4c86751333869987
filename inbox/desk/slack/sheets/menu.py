"""Everything that can be done with a conversation, in one list: the shortcut on any of its messages."""

from typing import Final

from inbox.desk.calling import rings
from inbox.desk.errors import DeskError
from inbox.desk.slack import card as cards
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import call, meeting, new, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace
from storage import slack_threads
from storage.database import Connection
from storage.rows import Agent

CALLBACK: Final = "tidings_menu"
TITLE: Final = "Conversation"
NOWHERE: Final = "This message is in no conversation with a customer."
OPENS: Final = (
    ("handover", "Hand over"),
    ("note", "Write a note"),
    ("promise", "Promise something"),
    ("saved", "Send a saved reply"),
    ("snooze", "Snooze"),
    ("resolve", "Resolve"),
    ("later", "Send later"),
    ("elsewhere", "Send on another channel"),
    ("tag", "Tags"),
    ("profile", "See the customer's profile"),
    ("timeline", "Everything in one order"),
    ("merge", "Merge with another customer"),
)


def first(opening: Opening) -> View:
    """Show that it is coming: which conversation it is stands in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """List what is possible with the conversation at this moment."""
    async with workspace.database.reading() as connection:
        conversation_id = sheet.conversation_of(opening.value)
        if conversation_id is None:
            conversation_id = await _at(connection, workspace, opening)
        if conversation_id is None:
            return new.view(workspace, text=words.from_markup(_said(opening), str))
        card = await card_of(connection, workspace, conversation_id)
    if card is None:
        raise DeskError(NOWHERE)
    deeds = (*_states(card), *_meets(workspace, card), *OPENS, *_holds(card))
    options = [sheet.option(label, deed) for deed, label in deeds]
    blocks = [
        sheet.about(f"{card.customer} on {card.where}"),
        sheet.asks("what", "What to do", {"type": "static_select", "options": options}),
    ]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=cards.value(card), submit="Go on")


async def _at(connection: Connection, workspace: Workspace, opening: Opening) -> int | None:
    """Find whose thread it is; a message outside any conversation may begin one."""
    thread = await slack_threads.thread_at(
        connection, workspace.team_id, opening.slack_channel, opening.thread_ts
    )
    return None if thread is None else thread.conversation_id


def _said(opening: Opening) -> str:
    return str((opening.message or {}).get("text") or "")


def _states(card: cards.Card) -> list[tuple[str, str]]:
    if card.state == "resolved":
        return [("reopen", "Reopen")]
    whose = ("give_back", "Give back") if card.owner else ("take", "Take")
    return [whose, ("wake", "Wake")] if card.state == "snoozed" else [whose]


def _meets(workspace: Workspace, card: cards.Card) -> list[tuple[str, str]]:
    """Offer to call where something rings, and to meet by video where there is a place for it."""
    if card.state == "resolved":
        return []
    calls = [(call.OPENS, "Call")] if rings(workspace.channels) else []
    return [*calls, *([(meeting.OPENS, "Video meeting")] if workspace.policy.calls.meeting_url else [])]


def _holds(card: cards.Card) -> list[tuple[str, str]]:
    complains, held = "complaint" in card.holds, "agent" in card.holds
    return [
        ("safe_off", "Safe mode off") if card.guarded else ("safe_on", "Safe mode on"),
        ("complaint_over", "Complaint is settled") if complains else ("complaint", "Complaint: hold touches"),
        ("release_touches", "Let touches go") if held else ("hold_touches", "Hold touches"),
    ]


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Go on to the modal of what was chosen; what has none is done at once."""
    from inbox.desk.slack.sheets import BY_ACTION  # this list is made of all of them

    made = BY_ACTION.get(sheet.picked(deed.values, "what"))
    if made is None:
        return None
    conversation_id = sheet.conversation_of(deed.carried)
    async with workspace.database.reading() as connection:
        card = await card_of(connection, workspace, conversation_id or 0)
    opening = Opening(
        action=sheet.picked(deed.values, "what"),
        value=deed.carried,
        spoken=cards.made(card).text if card else "",
        slack_id=deed.slack_id,
        team_of_author=deed.team_of_author,
        trigger_id="",
        view_id=deed.view_id,
    )
    try:
        filled = await made.whole(workspace, opening, agent) if made.whole else None
    except DeskError as refusal:
        return sheet.errors(what=str(refusal))
    return sheet.instead(filled or made.first(opening))


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Do what needs no more words."""
    conversation_id, what = sheet.conversation_of(deed.carried), sheet.picked(deed.values, "what")
    if conversation_id is not None:
        await act(workspace, what, conversation_id, agent, key=f"slack:{deed.view_id}")
    return ""


async def act(workspace: Workspace, what: str, conversation_id: int, agent: Agent, *, key: str) -> None:
    """Do a deed that is one word: from a button, a choice or this list; *key* names the gesture."""
    desk, now = workspace.desk, workspace.now()
    match what:
        case "take":
            await desk.take(conversation_id, agent.id, now=now)
        case "take_over":
            await desk.take(conversation_id, agent.id, now=now, over=True)
        case "give_back":
            await desk.give_back(conversation_id, agent.id, now=now, key=key)
        case "wake":
            await desk.wake(conversation_id, agent.id, now=now)
        case "reopen":
            await desk.reopen(conversation_id, agent.id, now=now)
        case "complaint" | "complaint_over":
            await desk.complaint(conversation_id, agent.id, opened=what == "complaint", now=now)
        case "safe_on" | "safe_off":
            on = what == "safe_on"
            await desk.set_safe_mode(agent.id, conversation_id=conversation_id, on=on, now=now)
        case "hold_touches" | "release_touches":
            await desk.hold_touches(conversation_id, agent.id, held=what == "hold_touches", now=now)
        case other:
            raise DeskError(f"There is nothing called {other} to do here.")


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=(CALLBACK, "menu"), first=first, whole=whole, wrong=wrong, done=done
)
