"""Limits of a scenario, by our own names or by those of a policy written as nested JSON."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bots.channel import Spec

OURS: Final = {
    "birthday.send_local_time": "birthday_at",
    "birthday.feb29_rule": "feb29",
    "birthday.cooldown_days": "cooldown",
    "birthday.settle_minutes_when_created_or_edited_today": "settle",
    "birthday.min_age": "youngest",
    "allowed_hours.default": "hours",
    "caps.per_local_day": "a_day",
    "caps.per_rolling_7_days": "a_week",
    "caps.min_gap_hours": "gap",
    "conversation.release_minutes_after_last_message": "released_after",
    "follow_up.expires_days_after_due": "follow_up_valid",
}
SPANS: Final = {
    "birthday.cooldown_days": "days",
    "birthday.settle_minutes_when_created_or_edited_today": "minutes",
    "caps.min_gap_hours": "hours",
    "conversation.release_minutes_after_last_message": "minutes",
    "follow_up.expires_days_after_due": "days",
}
TOUCH: Final = {"birthday.belated": "belated", "birthday.bulk_import_same_day": "bulk_same_day"}
US: Final = "channels.whatsapp.us_plus1_marketing_templates"
TOLD_ONLY: Final = (
    "note",
    "time",
    "late",
    "restart",
    "consent",
    "channels.order",
    "channels.fallback",
    "birthday.occasion_key",
)
"""Parts of a nested policy that say how things are and are not for choosing."""


def layer_of(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Make what a policy file holds: limits by their names, hours and caps by place, subjects."""
    layer: dict[str, Any] = {
        name: policy[name] for name in ("limits", "subjects") if isinstance(policy.get(name), Mapping | list)
    }
    layer["limits"] = dict(layer.get("limits", {}))
    for name in ("hours", "caps"):
        if isinstance(policy.get(name), list) and _is_rows(policy[name]):
            layer[name] = policy[name]
    for path, value in _flat({name: value for name, value in policy.items() if name not in layer}):
        _put(layer, path, value)
    return layer


def spec_of_policy(policy: Mapping[str, Any], spec: Spec) -> Spec:
    """Let a nested policy say what WhatsApp allows."""
    said = dict(_flat(policy))
    if spec.kind != "whatsapp":
        return spec
    if "channels.whatsapp.window_hours" in said:
        spec = replace(spec, window=timedelta(hours=said["channels.whatsapp.window_hours"]))
    if "channels.whatsapp.margin_seconds" in said:
        spec = replace(spec, margin=timedelta(seconds=said["channels.whatsapp.margin_seconds"]))
    return replace(spec, no_marketing_to=()) if said.get(US) else spec


def _is_rows(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(each, Mapping) for each in value)


def touch_of_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Name what a nested policy says of the birthday touch itself."""
    said = {name: value for path, value in _flat(policy) if (name := TOUCH.get(path)) and value is not None}
    if policy.get("birthday_at"):
        said["at"] = policy["birthday_at"]
    for path, value in _flat(policy):
        if path in ("birthday.send_local_time", "limits.birthday_at"):
            said["at"] = value
    return said


def _flat(policy: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """List the leaves of nested JSON by their dotted paths; hours by place stay whole."""
    found: list[tuple[str, Any]] = []
    for name, value in policy.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and path not in ("allowed_hours.sms", "caps.jurisdiction"):
            found += _flat(value, f"{path}.")
        else:
            found.append((path, value))
    return found


def _put(layer: dict[str, Any], path: str, value: Any) -> None:
    if path == "allowed_hours.sms":
        rows = [_hours(place, week) for place, week in value.items()]
        layer["hours"] = [*layer.get("hours", ()), *rows]
    elif path in TOUCH or path.startswith(TOLD_ONLY):
        return
    elif path in OURS:
        unit = SPANS.get(path)
        layer["limits"][OURS[path]] = f"{value} {unit}" if unit else value
    elif path.split(".", 1)[0] in (
        "birthday",
        "allowed_hours",
        "caps",
        "channels",
        "conversation",
        "follow_up",
    ):
        return  # said there as a fact: it is what we do
    else:
        layer["limits"][path.removeprefix("limits.")] = value


def _hours(place: str, week: Any) -> dict[str, Any]:
    """Make a row of hours by law."""
    days = week if isinstance(week, Mapping) else {"mon-sun": week}
    written = {day: hours for day, hours in days.items() if hours is not None and day != "public_holidays"}
    closed = isinstance(week, Mapping) and "public_holidays" in week
    row = {"place": place, "week": written, "source": "the scenario", "since": "2000-01-01"}
    return {**row, "reviewed": "2000-01-01", "holidays": place[:2] if closed else ""}
