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

MOST: Final = 20
REST: Final = "promises.rest"
WHAT: Final = (("kept", "It is kept"), ("dropped", "Let it go"), ("moved", "It goes on after resolving"))
LATE: Final = "One of them is late: it cannot go on as it is."
CHOOSE: Final = "Choose a time to come: this one has passed."


def blocks(promises: Sequence[Promise], zone: str) -> list[Json]:
    """Ask what becomes of each open promise, the last of many together; times are in the agent's *zone*."""
    asked: list[Json] = []
    for one in promises[:MOST]:
        when = promised.written(one.due_at, ZoneInfo(zone))
        label = words.shortened(f"“{one.text}”, promised by {when}", 300)
        radio = {"type": "radio_buttons", "options": [sheet.option(said, key) for key, said in WHAT]}
        asked.append(sheet.asks(_what(one), label, radio))
        asked.append(sheet.asks(_at(one), "New time", {"type": "datetimepicker"}, optional=True))
    if rest := promises[MOST:]:
        radio = {"type": "radio_buttons", "options": [sheet.option(said, key) for key, said in WHAT]}
        asked.append(sheet.asks(REST, f"The other {len(rest)} promises", radio))
    return asked


def unasked(values: Json, promises: Sequence[Promise]) -> bool:
    """Whether a promise is open of which the modal did not ask; then it is asked anew."""
    asked = [_what(one) for one in promises[:MOST]] + [REST for _ in promises[MOST:]]
    return any(block not in values for block in asked)


def wrong(values: Json, promises: Sequence[Promise], now: datetime) -> dict[str, str]:
    """Say under its field what is wrong: what goes on needs a time to come."""
    fates = read(values, promises)
    places = {one.id: _at(one) if _what(one) in values else REST for one in promises}
    passed = [one for one in promises if one.id in fates and fates[one.id].what == "moved"]
    late = [one for one in passed if (fates[one.id].due_at or one.due_at) <= now]
    return {places[one.id]: CHOOSE if places[one.id] != REST else LATE for one in late}


def read(values: Json, promises: Sequence[Promise]) -> dict[int, Fate]:
    """Read what was decided, by promise, for `Desk.resolve`; what was not answered is left out."""
    fates: dict[int, Fate] = {}
    for one in promises:
        what, chosen = _decided(values, one), sheet.instant(values, _at(one))
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


def _decided(values: Json, promise: Promise) -> str:
    block = _what(promise)
    return sheet.picked(values, block if block in values else REST)


def _what(promise: Promise) -> str:
    return f"promise.{promise.id}"


def _at(promise: Promise) -> str:
    return f"promise_at.{promise.id}"
