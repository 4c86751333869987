"""What a person fills into a modal, as Slack would send it; what Slack itself would not let them send."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.providers.slack.state import Json

_SINGLE = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_users_select": "selected_users",
}
_INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_channel": "initial_channel",
    "selected_conversation": "initial_conversation",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_users": "initial_users",
    "value": "initial_value",
    "files": "",
}


class CannotSubmit(AssertionError):
    """Slack itself would keep this person from submitting: a required field is empty or too long."""


def value_key(kind: str) -> str:
    """Under which key an element of this kind keeps its value."""
    if kind in _SINGLE:
        return _SINGLE[kind]
    if kind == "file_input":
        return "files"
    if kind == "checkboxes" or kind.startswith("multi_"):
        return "selected_options"
    return "selected_option" if kind.endswith("_select") or kind == "radio_buttons" else "value"


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    for block in blocks:
        inside = [block.get("element"), block.get("accessory"), *block.get("elements", [])]
        for element in inside:
            if isinstance(element, dict) and block["type"] in ("input", "actions", "section"):
                yield block, element


def state_values(
    view: Json, given: Mapping[str, Any], suggested: Mapping[str, Json], *, submitting: bool = True
) -> Json:
    """state.values by block_id and action_id; `given` is by action_id or block_id, `suggested` by value."""
    left = set(given)
    values: Json = {}
    for block, element in elements(view["blocks"]):
        if element["type"] in ("button", "overflow", "image"):
            continue
        block_id, action_id = str(block.get("block_id", "")), str(element.get("action_id", ""))
        key = value_key(element["type"])
        value = element.get(_INITIAL[key])
        for name in (action_id, block_id):
            if name and name in given:
                left.discard(name)
                value = _chosen(element, key, given[name], suggested)
        if submitting and block["type"] == "input":
            _check(block, element, value)
        values.setdefault(block_id, {})[action_id] = {"type": element["type"], key: value}
    if left:
        raise CannotSubmit(f"the view has no field {', '.join(sorted(left))}")
    return values


def _chosen(element: Json, key: str, value: Any, suggested: Mapping[str, Json]) -> Any:
    if key == "selected_option":
        return None if value is None else option_of(element, value, suggested)
    if key == "selected_options":
        return [option_of(element, each, suggested) for each in value]
    return value


def option_of(element: Json, value: Any, suggested: Mapping[str, Json]) -> Json:
    """The option of this value among those shown (or suggested); AssertionError when it is not there."""
    if isinstance(value, dict):
        return value
    shown = list(element.get("options", []))
    for group in element.get("option_groups", []):
        shown += group["options"]
    for option in shown:
        if option["value"] == value or option["text"]["text"] == value:
            return dict(option)
    if value in suggested:
        return suggested[value]
    raise CannotSubmit(f"{element.get('action_id')} offers no option {value!r}")


def _check(block: Json, element: Json, value: Any) -> None:
    label = block["label"]["text"]
    if value in (None, "", []):
        if not block.get("optional"):
            raise CannotSubmit(f"{label!r} is required")
        return
    if isinstance(value, str):
        if len(value) > int(element.get("max_length", 3000)):
            raise CannotSubmit(f"{label!r} is longer than {element.get('max_length', 3000)} characters")
        if len(value) < int(element.get("min_length", 0)):
            raise CannotSubmit(f"{label!r} is shorter than {element['min_length']} characters")
