"""Promising a customer something by a time: what, by when, and what the customer is told of it."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promise_hours, promised
from inbox.desk.errors import DeskError
from inbox.desk.promise_acts import FURTHEST, LONGEST
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent

CALLBACK: Final = "tidings_promise"
SAID: Final = "promise_said_edit"
PASSED: Final = "That time has passed. Choose a time to come."
TOO_FAR: Final = "At most a year ahead."


def first(opening: Opening) -> View:
    """Ask what and by when; a suggestion is filled in (`said_value`)."""
    conversation, message, due, text = parts_of(opening.value)
    carried = f"{conversation}|m{message}" if message else opening.value
    whom = opening.whom if opening.action == "promise" else ""
    return _view(carried, whom, text=text if message else "", due=due if message else None)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse a time that no promise can have; one outside the team's hours is asked about once."""
    due = due_of(deed)
    if isinstance(due, str):
        return sheet.errors(due=due)
    if isinstance(checked := checked_due(due, workspace.now()), str):
        return sheet.errors(due=checked)
    closed = await closed_then(workspace, sheet.conversation_of(deed.carried), due, agent)
    if not closed or deed.carried.endswith(f"|w{int(due.timestamp())}"):
        return None
    values = deed.values
    return sheet.instead(
        _view(
            f"{deed.carried.partition('|w')[0]}|w{int(due.timestamp())}",
            "",
            text=sheet.filled(values, "what"),
            tell=sheet.filled(values, "tell"),
            due=int(due.timestamp()),
            warning=closed,
        )
    )


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Make the promise."""
    conversation_id, due = sheet.conversation_of(deed.carried), due_of(deed)
    if conversation_id is None:
        return ""
    if isinstance(due, str):
        raise DeskError(due)
    _, message, _, _ = parts_of(deed.carried)
    await workspace.desk.promise(
        conversation_id,
        agent.id,
        text=sheet.filled(deed.values, "what"),
        due_at=due,
        message_id=message or None,
        tell=sheet.filled(deed.values, "tell"),
        key=f"said:{message}" if message else f"slack:{deed.view_id}",  # what is offered is promised once
        now=workspace.now(),
    )
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=("promise", SAID), first=first, wrong=wrong, done=done)


def said_value(conversation_id: int, message_id: int, due: datetime, text: str) -> str:
    """Write what a suggestion's button carries: where and when it was said, and what is promised by when."""
    return f"{conversation_id}|m{message_id}|{int(due.timestamp())}|{text[:LONGEST]}"


def parts_of(value: str) -> tuple[str, int, int, str]:
    """Read the conversation, and of a suggestion the message, the due time in seconds, and the words."""
    conversation, _, rest = value.partition("|")
    message, _, rest = rest.partition("|")
    due, _, text = rest.partition("|")
    number = message.removeprefix("m")
    if not message.startswith("m") or not number.isdecimal():
        return conversation, 0, 0, ""
    return conversation, int(number), int(due) if due.isdecimal() else 0, text


def due_of(deed: Submitted) -> datetime | str:
    """Read by when, or say what is missing."""
    chosen = sheet.instant(deed.values, "due")
    return "Choose a date and a time." if chosen is None else datetime.fromtimestamp(chosen, UTC)


def checked_due(due: datetime, now: datetime) -> datetime | str:
    """Return the time, or say why no promise can be due then."""
    if due <= now:
        return PASSED
    return TOO_FAR if due - now > FURTHEST else due


async def closed_then(workspace: Workspace, conversation_id: int | None, due: datetime, agent: Agent) -> str:
    """Say that the conversation's team is closed at that time; empty while it is open."""
    async with workspace.database.reading() as connection:
        team = await promise_hours.closed(connection, workspace.policies.house, conversation_id or 0, due)
    if not team:
        return ""
    when = promised.written(due, ZoneInfo(agent.zone))
    return f"{team} is closed then ({when}). Choose another time, or send once more if it is meant."


def _view(
    carried: str, whom: str, *, text: str = "", tell: str = "", due: int | None = None, warning: str = ""
) -> View:
    what = {"type": "plain_text_input", "max_length": LONGEST, **_begun(text)}
    when = {"type": "datetimepicker", **({"initial_date_time": due} if due else {})}
    told = {"type": "plain_text_input", "multiline": True, "max_length": 3_000, **_begun(tell)}
    return sheet.modal(
        CALLBACK,
        "Promise",
        [
            *([sheet.said(warning)] if warning else [sheet.about(whom)]),
            sheet.asks("what", "What we promise", what),
            sheet.asks("due", "By when", when),
            sheet.asks(
                "tell",
                "Tell the customer",
                told,
                optional=True,
                hinted="Sent now as your answer. Leave it empty to send nothing.",
            ),
        ],
        carried=carried,
        submit="Promise",
    )


def _begun(value: str) -> dict[str, str]:
    return {"initial_value": value} if value else {}
