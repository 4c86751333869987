"""The elements of Block Kit as HTML: https://docs.slack.dev/reference/block-kit/block-elements."""

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from tests.pictures.markup import Reader, mrkdwn, plain

Json = Mapping[str, Any]
NOTHING: Final = Markup("")


def composition(text: Json, reader: Reader) -> Markup:
    """Draw a text object, mrkdwn or plain."""
    return mrkdwn(text["text"], reader) if text["type"] == "mrkdwn" else plain(text["text"])


def drawn(one: Json, reader: Reader) -> Markup:
    """Draw one element; raises KeyError for a kind that is not drawn."""
    return _ELEMENTS[one["type"]](one, reader)


def file_of(one: Json, reader: Reader) -> str:
    """Give an image's bytes as an address; it has to be one of the reader's files or a data address."""
    if "slack_file" in one:
        kept = reader.files[one["slack_file"]["id"]]
        return f"data:image/png;base64,{base64.b64encode(kept).decode()}"
    return str(one["image_url"])


def _button(one: Json, reader: Reader) -> Markup:
    made = Markup('<button class="button {}">{}</button>')
    return made.format(one.get("style", ""), plain(one["text"]["text"]))


def _overflow(one: Json, reader: Reader) -> Markup:
    return Markup('<button class="button overflow" aria-label="More">⋯</button>')


def _image(one: Json, reader: Reader) -> Markup:
    return Markup('<img src="{}" alt="{}">').format(file_of(one, reader), one["alt_text"])


def _select(one: Json, reader: Reader) -> Markup:
    chosen = one.get("initial_option")
    shown = chosen["text"]["text"] if chosen else _named(one, reader)
    return _box(shown, _placeholder(one, "Select an option"), "select")


def _named(one: Json, reader: Reader) -> str:
    """Name who or what is chosen in a select of people, Slack channels or both."""
    key = str(one.get("initial_user") or one.get("initial_channel") or one.get("initial_conversation") or "")
    return reader.people.get(key) or reader.channels.get(key) or key


def _several(one: Json, reader: Reader) -> Markup:
    names = [option["text"]["text"] for option in one.get("initial_options", ())]
    for kind in ("users", "channels", "conversations"):
        names += [reader.people.get(key) or reader.channels.get(key) or key
                  for key in one.get(f"initial_{kind}", ())]  # fmt: skip
    if not names:
        return _box("", _placeholder(one, "Select options"), "select")
    chips = NOTHING.join(Markup('<span class="chip">{}</span>').format(name) for name in names)
    return Markup('<div class="box select chips">{}</div>').format(chips)


def _text(one: Json, reader: Reader) -> Markup:
    kind = "area" if one.get("multiline") else ""
    return _box(str(one.get("initial_value", "")), _placeholder(one, ""), kind)


def _date(one: Json, reader: Reader) -> Markup:
    told = one.get("initial_date")
    shown = _day(date.fromisoformat(told)) if told else ""
    return _box(shown, _placeholder(one, "Select a date"), "date")


def _time(one: Json, reader: Reader) -> Markup:
    return _box(str(one.get("initial_time", "")), _placeholder(one, "Select a time"), "time")


def _instant(one: Json, reader: Reader) -> Markup:
    told = one.get("initial_date_time")
    at = datetime.fromtimestamp(told, UTC).astimezone(ZoneInfo(reader.zone)) if told else None
    day, clock = (_day(at.date()), f"{at:%H:%M}") if at else ("", "")
    pair = _box(day, "Select a date", "date") + _box(clock, "Select a time", "time")
    return Markup('<div class="pair">{}</div>').format(pair)


def _radio(one: Json, reader: Reader) -> Markup:
    return _choices(one, "radio", [one["initial_option"]] if "initial_option" in one else [], reader)


def _checks(one: Json, reader: Reader) -> Markup:
    return _choices(one, "check", one.get("initial_options", ()), reader)


def _choices(one: Json, kind: str, chosen: Iterable[Json], reader: Reader) -> Markup:
    on = {option["value"] for option in chosen}
    rows = (
        Markup('<div class="choice"><span class="{} {}"></span><div>{}{}</div></div>').format(
            kind,
            "on" if option["value"] in on else "",
            composition(option["text"], reader),
            _described(option, reader),
        )
        for option in one["options"]
    )
    return Markup('<div class="choices">{}</div>').format(NOTHING.join(rows))


def _described(option: Json, reader: Reader) -> Markup:
    if "description" not in option:
        return NOTHING
    return Markup('<div class="hint">{}</div>').format(composition(option["description"], reader))


def _files(one: Json, reader: Reader) -> Markup:
    return Markup('<div class="box files">Upload a file</div>')


def _box(shown: str, placeholder: str, kind: str) -> Markup:
    inside = plain(shown) if shown else Markup('<span class="placeholder">{}</span>').format(placeholder)
    return Markup('<div class="box {}">{}</div>').format(kind, inside)


def _placeholder(one: Json, usual: str) -> str:
    return str(one.get("placeholder", {}).get("text", usual))


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


_ELEMENTS: Final[Mapping[str, Callable[[Json, Reader], Markup]]] = {
    "button": _button,
    "workflow_button": _button,
    "overflow": _overflow,
    "image": _image,
    **{f"{kind}_select": _select for kind in ("static", "external", "users", "channels", "conversations")},
    **{
        f"multi_{kind}_select": _several
        for kind in ("static", "external", "users", "channels", "conversations")
    },
    **{f"{kind}_input": _text for kind in ("plain_text", "email_text", "url_text", "number")},
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _instant,
    "radio_buttons": _radio,
    "checkboxes": _checks,
    "file_input": _files,
}
