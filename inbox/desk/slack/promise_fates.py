"""The part of the Resolve modal about open promises: of each it is asked what becomes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promised
from inbox.desk.promise_acts import Fate
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Json
from inbox.desk.slack.sheets import sheet
from storage.promises import Promise

MOST: Final = 10
WHAT: Final = (("kept", "It is kept"), ("dropped", "Let it go"), ("moved", "It goes on after resolving"))
CHOOSE: Final = "Choose a time to come: this one has passed."


def blocks(promises: Sequence[Promise], zone: str) -> list[Json]:
    """Ask what becomes of each open promise, at most ten; times are in the agent's *zone*."""
    asked: list[Json] = []
    for one in promises[:MOST]:
        when = promised.written(one.due_at, ZoneInfo(zone))
        label = words.shortened(f"“{one.text}”, promised by {when}", 300)
        radio = {"type": "radio_buttons", "options": [sheet.option(said, key) for key, said in WHAT]}
        asked.append(sheet.asks(_what(one), label, radio))
        asked.append(sheet.asks(_at(one), "New time", {"type": "datetimepicker"}, optional=True))
    return asked


def unasked(values: Json, promises: Sequence[Promise]) -> bool:
    """Whether a promise is open of which the modal did not ask; then it is asked anew."""
    return any(_what(one) not in values for one in promises[:MOST])


def wrong(values: Json, promises: Sequence[Promise], now: datetime) -> dict[str, str]:
    """Say under its field what is wrong: what goes on needs a time to come."""
    fates = read(values, promises)
    passed = [one for one in promises if one.id in fates and fates[one.id].what == "moved"]
    return {_at(one): CHOOSE for one in passed if (fates[one.id].due_at or one.due_at) <= now}


def read(values: Json, promises: Sequence[Promise]) -> dict[int, Fate]:
    """Read what was decided, by promise, for `Desk.resolve`; what was not answered is left out."""
    fates: dict[int, Fate] = {}
    for one in promises:
        what, chosen = sheet.picked(values, _what(one)), sheet.instant(values, _at(one))
        match what:
            case "kept" | "dropped":
                fates[one.id] = Fate(what=what)
            case "moved":
                fates[one.id] = Fate(
                    what="moved", due_at=datetime.fromtimestamp(chosen, UTC) if chosen else None
                )
            case _:
                continue
    return fates


def _what(promise: Promise) -> str:
    return f"promise.{promise.id}"


def _at(promise: Promise) -> str:
    return f"promise_at.{promise.id}"
