"""Setting a conversation aside: until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk.errors import DeskError
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent

CALLBACK: Final = "tidings_snooze"
LONGEST: Final = timedelta(days=90)
CHOICES: Final = (
    ("hour", "In 1 hour"),
    ("evening", "This evening, 18:00"),
    ("tomorrow", "Tomorrow, 9:00"),
    ("monday", "Monday, 9:00"),
    ("chosen", "The date and time below"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong, by block: shown under its field."""

    errors: dict[str, str]


def first(opening: Opening) -> View:
    """Ask until when."""
    options = [sheet.option(label, key) for key, label in CHOICES]
    radio = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    blocks = [
        sheet.about(opening.whom),
        sheet.asks("when", "Until", radio),
        sheet.asks("at", "Date and time", {"type": "datetimepicker"}, optional=True),
        sheet.hint("The customer's words wake it before that."),
    ]
    return sheet.modal(CALLBACK, "Snooze", blocks, carried=opening.value, submit="Snooze")


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse what has passed or is too far."""
    found = until(deed.values, workspace.now(), agent.zone)
    return sheet.errors(**found.errors) if isinstance(found, Wrong) else None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Set it aside."""
    found, now = until(deed.values, workspace.now(), agent.zone), workspace.now()
    if isinstance(found, Wrong):
        raise DeskError(" ".join(found.errors.values()))
    conversation_id = sheet.conversation_of(deed.carried)
    if conversation_id is not None:
        key = f"slack:{deed.view_id}"
        await workspace.desk.snooze(conversation_id, agent.id, until=found, now=now, key=key)
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=("snooze",), first=first, wrong=wrong, done=done)


def until(values: Json, now: datetime, zone: str) -> datetime | Wrong:
    """Read until when, in the agent's own zone."""
    here = now.astimezone(ZoneInfo(zone))
    nine = here.replace(hour=9, minute=0, second=0, microsecond=0)
    match sheet.picked(values, "when"):
        case "hour":
            return now + timedelta(hours=1)
        case "evening":
            return _later(here.replace(hour=18, minute=0, second=0, microsecond=0), now, "when")
        case "tomorrow":
            return (nine + timedelta(days=1)).astimezone(UTC)
        case "monday":
            return (nine + timedelta(days=7 - here.weekday())).astimezone(UTC)
        case _:
            chosen = sheet.instant(values, "at")
            if chosen is None:
                return Wrong(errors={"at": "Choose a date and a time."})
            return _later(datetime.fromtimestamp(chosen, UTC), now, "at")


def _later(moment: datetime, now: datetime, block: str) -> datetime | Wrong:
    if moment <= now:
        return Wrong(errors={block: "That time has passed. Choose a time to come."})
    if moment - now > LONGEST:
        return Wrong(errors={block: "At most 90 days ahead."})
    return moment.astimezone(UTC)


def duration(text: str, now: datetime) -> datetime | None:
    """Read `30m`, `2h` or `3d` as a time to come; None if it is none."""
    amount, unit = text[:-1], text[-1:]
    seconds = {"m": 60, "h": 3600, "d": 86400}.get(unit)
    if seconds is None or not amount.isascii() or not amount.isdecimal() or not 0 < int(amount) < 10_000:
        return None
    ahead = timedelta(seconds=int(amount) * seconds)
    return now + ahead if ahead <= LONGEST else None
