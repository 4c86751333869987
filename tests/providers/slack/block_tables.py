"""Block Kit's shapes as data: keys, limits (docs.slack.dev/reference/block-kit, slack_sdk.models)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one block, element or object may hold."""

    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)  # characters, items, or the number itself
    texts: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # "plain" or "any", characters
    options: tuple[str, ...] = ()


_PLAIN = {"placeholder": ("plain", 150)}
_FOCUS = ("action_id", "placeholder", "focus_on_load", "confirm")
_ID = {"action_id": 255}


def _select(*may: str, most: int = 100, must: tuple[str, ...] = ()) -> Shape:
    with_options = "options" in (*may, *must)
    return Shape(
        must=must,
        may=(*_FOCUS, *may),
        most={**_ID, "max_selected_items": 100, **({"options": most} if with_options else {})},
        texts=_PLAIN,
        options=("options",) if with_options else (),
    )


BLOCKS: Mapping[str, Shape] = MappingProxyType(
    {
        "section": Shape(
            may=("text", "fields", "accessory", "expand"),
            most={"fields": 10},
            texts={"text": ("any", 3000), "fields": ("any", 2000)},
        ),
        "actions": Shape(must=("elements",), most={"elements": 25}),
        "context": Shape(must=("elements",), most={"elements": 10}),
        "divider": Shape(),
        "header": Shape(must=("text",), texts={"text": ("plain", 150)}),
        "image": Shape(
            must=("alt_text",),
            may=("image_url", "slack_file", "title"),
            most={"alt_text": 2000, "image_url": 3000},
            texts={"title": ("plain", 2000)},
        ),
        "input": Shape(
            must=("label", "element"),
            may=("hint", "optional", "dispatch_action"),
            texts={"label": ("plain", 2000), "hint": ("plain", 2000)},
        ),
        "rich_text": Shape(must=("elements",), most={"elements": 1000}),
        "markdown": Shape(must=("text",), most={"text": 12000}),
        "modal": Shape(
            must=("title", "blocks"),
            may=("submit", "close", "private_metadata", "callback_id", "external_id", "clear_on_close",
                 "notify_on_close", "submit_disabled"),
            most={"callback_id": 255, "external_id": 255},
            texts={"title": ("plain", 24), "submit": ("plain", 24), "close": ("plain", 24)},
        ),
        "home": Shape(must=("blocks",), may=("private_metadata", "callback_id", "external_id")),
    }
)  # fmt: skip

ELEMENTS: Mapping[str, Shape] = MappingProxyType(
    {
        "button": Shape(
            must=("text",),
            may=("action_id", "url", "value", "style", "confirm", "accessibility_label"),
            most={**_ID, "url": 3000, "value": 2000, "accessibility_label": 75},
            texts={"text": ("plain", 75)},
        ),
        "overflow": Shape(
            must=("options",), may=("action_id", "confirm"), most={**_ID, "options": 5}, options=("options",)
        ),
        "image": Shape(
            must=("alt_text",), may=("image_url", "slack_file"), most={"alt_text": 2000, "image_url": 3000}
        ),
        "static_select": _select("options", "option_groups", "initial_option"),
        "multi_static_select": _select("options", "option_groups", "initial_options", "max_selected_items"),
        "external_select": _select("initial_option", "min_query_length"),
        "multi_external_select": _select("initial_options", "min_query_length", "max_selected_items"),
        "users_select": _select("initial_user"),
        "multi_users_select": _select("initial_users", "max_selected_items"),
        "channels_select": _select("initial_channel", "response_url_enabled"),
        "conversations_select": _select(
            "initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"
        ),
        "radio_buttons": _select("initial_option", must=("options",), most=10),
        "checkboxes": _select("initial_options", must=("options",), most=10),
        "datepicker": _select("initial_date"),
        "timepicker": _select("initial_time", "timezone"),
        "datetimepicker": _select("initial_date_time"),
        "plain_text_input": Shape(
            may=(*_FOCUS, "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"),
            most={**_ID, "max_length": 3000},
            texts=_PLAIN,
        ),
        "email_text_input": _select("initial_value", "dispatch_action_config"),
        "url_text_input": _select("initial_value", "dispatch_action_config"),
        "number_input": _select(
            "initial_value", "min_value", "max_value", "dispatch_action_config", must=("is_decimal_allowed",)
        ),
        "file_input": Shape(may=("action_id", "filetypes", "max_files"), most={**_ID, "max_files": 10}),
    }
)

_CHOICES = frozenset(name for name in ELEMENTS if name.endswith(("_select", "picker")))
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input"})
_TICKED = frozenset({"radio_buttons", "checkboxes"})
IN_BLOCK: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "section": _CHOICES | _TICKED | {"button", "overflow", "image"},
        "actions": _CHOICES | _TICKED | {"button", "overflow"},
        "context": frozenset({"image"}),
        "input": _CHOICES | _TICKED | _TYPED,
    }
)

RICH: Mapping[str, Shape] = MappingProxyType(
    {
        "rich_text_section": Shape(must=("elements",)),
        "rich_text_preformatted": Shape(must=("elements",), may=("border", "language")),
        "rich_text_quote": Shape(must=("elements",), may=("border",)),
        "rich_text_list": Shape(must=("elements", "style"), may=("indent", "offset", "border")),
    }
)
INLINE: Mapping[str, Shape] = MappingProxyType(
    {
        "text": Shape(must=("text",), may=("style",), most={"text": 40000}),
        "link": Shape(must=("url",), may=("text", "style", "unsafe"), most={"url": 3000}),
        "emoji": Shape(must=("name",), may=("unicode", "style", "skin_tone")),
        "user": Shape(must=("user_id",), may=("style",)),
        "channel": Shape(must=("channel_id",), may=("style",)),
        "usergroup": Shape(must=("usergroup_id",), may=("style",)),
        "broadcast": Shape(must=("range",), may=("style",)),
        "date": Shape(must=("timestamp", "format"), may=("fallback", "url", "style")),
        "color": Shape(must=("value",), may=("style",)),
    }
)
