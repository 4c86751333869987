"""Giving a conversation to a colleague or to a team, with the reason why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk.errors import DeskError
from inbox.desk.slack.deeds import Asked, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Option, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import agents, conversations
from storage.rows import Agent

CALLBACK: Final = "tidings_hand_over"
LONGEST: Final = 3_000
ALONG: Final = "promises"
TELL: Final = "tell"
AWAY: Final = "away"
AGENT, TEAM = "agent", "team"


def first(opening: Opening) -> View:
    """Ask to whom and why; nothing of it needs a row."""
    return _view(opening.value, opening.whom)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Warn of a colleague who is away, once; refuse to hand over to oneself."""
    kind, _, key = sheet.picked(deed.values, "to").partition(":")
    if kind != AGENT or not key.isdecimal():
        return None
    if int(key) == agent.id:
        return sheet.errors(to="You have it already: choose a colleague or a team.")
    async with workspace.database.reading() as connection:
        colleague = await agents.one(connection, int(key))
    if colleague is None or not colleague.active:
        return sheet.errors(to="This colleague does not work here any more. Choose somebody else.")
    if colleague.available or AWAY in sheet.ticked(deed.values, AWAY):
        return None
    return sheet.instead(_view(deed.carried, "", away=_absence(colleague, agent), deed=deed))


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Hand it over, and tell the customer where that was asked for."""
    conversation_id, desk, now = sheet.conversation_of(deed.carried), workspace.desk, workspace.now()
    kind, _, key = sheet.picked(deed.values, "to").partition(":")
    if conversation_id is None or not key:
        raise DeskError("Say to whom: a colleague or a team.")
    ticked = sheet.ticked(deed.values, "also")
    if text := sheet.filled(deed.values, TELL):
        await desk.reply(
            conversation_id,
            agent.id,
            text=text,
            now=now,
            key=f"slack:{deed.view_id}:tell",
            origin="slack-modal",
        )
    await desk.hand_over(
        conversation_id,
        agent.id,
        to_agent=int(key) if kind == AGENT else None,
        to_team=key if kind == TEAM else None,
        why=sheet.filled(deed.values, "why"),
        promises_too=ALONG in ticked,
        now=now,
        key=f"slack:{deed.view_id}",
    )
    return ""


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer colleagues with their load, and teams, whose names hold what is typed."""
    typed = deed.typed.strip().casefold()
    async with workspace.database.reading() as connection:
        everybody = await agents.all_active(connection)
        loads = await conversations.loads(connection)
    people = [
        (f"{one.name} · {loads.get(one.id, 0)} open{'' if one.available else ' · away'}", f"{AGENT}:{one.id}")
        for one in sorted(everybody, key=lambda one: (not one.available, loads.get(one.id, 0), one.name))
        if one.id != agent.id and typed in one.name.casefold()
    ]
    teams = [
        (f"Team {team.name}", f"{TEAM}:{team.key}")
        for team in workspace.policy.teams
        if typed in team.name.casefold() or typed in team.key
    ]
    return [*people, *teams]


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("handover", "hand_over"),
    first=first,
    wrong=wrong,
    done=done,
    options=options,
)


def _absence(colleague: Agent, agent: Agent) -> str:
    back = _clock(colleague.away_until, agent.zone) if colleague.away_until else "nobody knows when"
    return f"{colleague.name} is away, back: {back}. Tick to hand over all the same."


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"


def _view(carried: str, whom: str, away: str = "", deed: Submitted | None = None) -> View:
    search = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": sheet.plain("A colleague or a team"),
    }
    text = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST}
    chosen = sheet.field(deed.values, "to").get("selected_option") if deed else None
    why, told = (sheet.filled(deed.values, name) if deed else "" for name in ("why", TELL))
    also = sheet.option("What I promised goes along", ALONG)
    box = {"type": "checkboxes", "options": [also]}
    kept = deed is None or ALONG in sheet.ticked(deed.values, "also")
    blocks = [
        *([sheet.about(whom)] if whom else []),
        sheet.asks("to", "To", search | ({"initial_option": chosen} if chosen else {})),
        sheet.asks(
            "why", "Why", text | ({"initial_value": why} if why else {}), hinted="Your colleague reads it."
        ),
        sheet.asks("also", "Promises", box | ({"initial_options": [also]} if kept else {}), optional=True),
        sheet.asks(
            TELL,
            "Tell the customer",
            text | ({"initial_value": told} if told else {}),
            optional=True,
            hinted="Sent to the customer; leave it empty to say nothing.",
        ),
    ]
    if away:
        tick = {"type": "checkboxes", "options": [sheet.option("Hand over all the same", AWAY)]}
        blocks.append(sheet.asks(AWAY, away, tick, optional=True))
    return sheet.modal(CALLBACK, "Hand over", blocks, carried=carried, submit="Hand over")
