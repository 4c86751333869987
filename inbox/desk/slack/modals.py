"""The two modals, Snooze and Resolve: how they look and what they say when they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from inbox.desk.slack import words

Json = Mapping[str, Any]

SNOOZE: Final = "tidings_snooze"
RESOLVE: Final = "tidings_resolve"
LONGEST: Final = timedelta(days=90)
CHOICES: Final = (
    ("hour", "In 1 hour"),
    ("evening", "This evening, 18:00"),
    ("tomorrow", "Tomorrow, 9:00"),
    ("monday", "Monday, 9:00"),
    ("chosen", "The date and time below"),
)
ANYWAY: Final = "anyway"
UNANSWERED: Final = "The customer's last words are unanswered. Tick to resolve anyway."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong in a modal, by block: shown under its field, what was filled in stays."""

    errors: dict[str, str]


def snooze(value: str, whom: str) -> dict[str, Any]:
    """Ask until when; *value* is the button's, *whom* names the conversation."""
    options = [{"text": _plain(label), "value": key} for key, label in CHOICES]
    select = {"type": "radio_buttons", "action_id": "when", "options": options, "initial_option": options[0]}
    picker = {"type": "datetimepicker", "action_id": "at"}
    wakes = "The customer's words wake it before that."
    blocks = [
        _about(whom),
        {"type": "input", "block_id": "when", "label": _plain("Until"), "element": select},
        {
            "type": "input",
            "block_id": "at",
            "optional": True,
            "label": _plain("Date and time"),
            "element": picker,
        },
        {"type": "context", "elements": [_plain(wakes)]},
    ]
    return _modal(SNOOZE, "Snooze", "Snooze", value, blocks)


def resolve(
    value: str, whom: str, *, unanswered: bool = False, reason: str = "", note: str = ""
) -> dict[str, Any]:
    """Ask why it is done; *unanswered* adds the question whether that is meant."""
    why = {"type": "plain_text_input", "action_id": "reason", "max_length": 150}
    keep = {"type": "plain_text_input", "action_id": "note", "multiline": True, "max_length": 3000}
    blocks = [
        _about(whom),
        {"type": "input", "block_id": "reason", "optional": True, "label": _plain("Reason"),
         "element": why | ({"initial_value": reason} if reason else {})},
        {"type": "input", "block_id": "note", "optional": True, "label": _plain("Note for the team"),
         "element": keep | ({"initial_value": note} if note else {})},
    ]  # fmt: skip
    if unanswered:
        box = {"type": "checkboxes", "action_id": ANYWAY, "options": [
            {"text": _plain("Resolve although it is unanswered"), "value": ANYWAY}]}  # fmt: skip
        blocks.append(
            {
                "type": "input",
                "block_id": ANYWAY,
                "optional": True,
                "label": _plain(UNANSWERED),
                "element": box,
            }
        )
    return _modal(RESOLVE, "Resolve", "Resolve", value, blocks)


def until(values: Json, now: datetime, zone: str) -> datetime | Wrong:
    """Read until when, in the agent's own zone."""
    choice = ((_field(values, "when", "when").get("selected_option")) or {}).get("value", "")
    here = now.astimezone(ZoneInfo(zone))
    nine = here.replace(hour=9, minute=0, second=0, microsecond=0)
    match choice:
        case "hour":
            return now + timedelta(hours=1)
        case "evening":
            return _later(here.replace(hour=18, minute=0, second=0, microsecond=0), now, "when")
        case "tomorrow":
            return (nine + timedelta(days=1)).astimezone(UTC)
        case "monday":
            return (nine + timedelta(days=7 - here.weekday())).astimezone(UTC)
        case _:
            chosen = _field(values, "at", "at").get("selected_date_time")
            if not chosen:
                return Wrong(errors={"at": "Choose a date and a time."})
            return _later(datetime.fromtimestamp(int(chosen), UTC), now, "at")


def _later(instant: datetime, now: datetime, block: str) -> datetime | Wrong:
    if instant <= now:
        return Wrong(errors={block: "That time has passed. Choose a time to come."})
    if instant - now > LONGEST:
        return Wrong(errors={block: "At most 90 days ahead."})
    return instant.astimezone(UTC)


def duration(text: str, now: datetime) -> datetime | None:
    """Read `30m`, `2h` or `3d` as a time to come; None if it is none."""
    amount, unit = text[:-1], text[-1:]
    seconds = {"m": 60, "h": 3600, "d": 86400}.get(unit)
    if seconds is None or not amount.isascii() or not amount.isdecimal() or not 0 < int(amount) < 10_000:
        return None
    ahead = timedelta(seconds=int(amount) * seconds)
    return now + ahead if ahead <= LONGEST else None


def filled(values: Json, block: str) -> str:
    """Read a text field, empty if it was left out."""
    return str(_field(values, block, block).get("value") or "").strip()


def ticked(values: Json) -> bool:
    """Whether the box *resolve anyway* is ticked."""
    return bool(_field(values, ANYWAY, ANYWAY).get("selected_options"))


def _field(values: Json, block: str, action: str) -> Json:
    return (values.get(block) or {}).get(action) or {}


def _about(whom: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(words.shortened(whom, 300) or "This conversation")}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _modal(callback: str, title: str, submit: str, carried: str, blocks: list[Any]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": carried,
        "blocks": blocks,
    }
