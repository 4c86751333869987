"""What became of a scenario, in the ledger's words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from inbox.touches.scenario_channel import Given
from inbox.touches.scenario_house import House
from inbox.touches.scenario_people import People
from routing.reasons import REASONS
from storage import scenario_rows
from storage.touch_rows import Step, TouchRow

PAUSED: Final = ("paused", "instance_changed_confirm_before_sending")
QUARANTINED: Final = ("placeholder_birthdate", "ambiguous_birthdate")
PLAIN: Final = ("cancelled", "control", "expired")
PREFIX: Final = "touch:"


async def told(house: House, people: People, to: datetime) -> dict[str, Any]:
    """Read what was sent, and how each occasion ended that was due before *to*."""
    async with house.database.reading() as connection:
        rows = await scenario_rows.every_touch(connection)
        steps = await scenario_rows.every_step(connection)
    given = sorted((one for each in house.channels.values() for one in each.given), key=lambda one: one.at)
    past = [row for row in rows if row.state != "planned" or row.due_at < to]
    ledger = [_line(row, steps.get(row.id, []), people) for row in past]
    return {
        "sent": _sent(rows, given, people),
        "ledger": ledger,
        "counts": dict(sorted(Counter(line["outcome"] for line in ledger).items())),
    }


def _sent(rows: Sequence[TouchRow], given: Sequence[Given], people: People) -> list[dict[str, Any]]:
    """List what providers were given for touches; a text of several parts is one."""
    by_id = {row.id: row for row in rows}
    found: dict[str, dict[str, Any]] = {}
    for one in given:
        if not one.key.startswith(PREFIX):
            continue
        touch, _, rest = one.key.removeprefix(PREFIX).partition(":")
        whole = f"{touch}:{rest.rpartition(':')[0]}"
        if whole in found:
            found[whole]["text"] += one.text
        else:
            found[whole] = _given(by_id[int(touch)], one, people)
    return list(found.values())


def _given(row: TouchRow, one: Given, people: People) -> dict[str, Any]:
    return {
        "customer": people.name_of(row.customer_id),
        "touch": row.kind,
        "occasion": row.period,
        "at": utc(one.at),
        "local": one.at.astimezone(ZoneInfo(row.zone)).isoformat("T", "seconds"),
        "zone": row.zone,
        "zone_source": row.zone_source,
        "channel": one.channel,
        "address": one.address,
        "text": one.text,
        "why": row.why,
    }


def _line(row: TouchRow, steps: Sequence[Step], people: People) -> dict[str, Any]:
    reason = row.reason
    return {
        "customer": people.name_of(row.customer_id),
        "touch": row.kind,
        "occasion": row.period,
        "day": row.day,
        "due_at": utc(row.due_at),
        "outcome": outcome(row, steps),
        "state": row.state,
        "reason": reason,
        "sentence": REASONS.get(reason, ""),
        "channel": row.channel,
        "steps": [_step(step) for step in steps],
    }


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {"at": utc(step.at), "state": step.state}
    return told | ({"reason": step.reason} if step.reason else {})


def outcome(row: TouchRow, steps: Sequence[Step]) -> str:
    """Say what became of a touch in one of the ledger's words."""
    if row.state == "sent":
        shown = any(isinstance(step.data, Mapping) and step.data.get("outcome") == "shown" for step in steps)
        held = any(step.state == "held" for step in steps)
        return "shown" if shown else "held_then_sent" if held else "sent"
    if row.reason in PAUSED:
        return "paused"
    if row.state in PLAIN:
        return row.state
    if row.state in ("suppressed", "failed"):
        if row.reason in QUARANTINED:
            return "quarantined"
        return "not_scheduled" if row.reason == "not_scheduled" else "not_sent"
    return "deferred"


def utc(at: datetime) -> str:
    """Write an instant as JSON has it."""
    return at.isoformat("T", "seconds").replace("+00:00", "Z")
