"""Slack's rich_text as HTML: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from inbox.desk.slack.words import from_markup
from tests.pictures.markup import Reader, instant, link, mention

Json = Mapping[str, Any]
_STYLES = (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code"))


def rich_text(part: Json, reader: Reader) -> Markup:
    """Draw a section, list, quote or preformatted part; raises KeyError for another kind."""
    if part["type"] == "rich_text_list":
        return _list(part, reader)
    tag = {"rich_text_section": "div", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
    name = tag[part["type"]]
    return Markup(f"<{name}>{{}}</{name}>").format(_inline(part["elements"], reader))


def _list(part: Json, reader: Reader) -> Markup:
    name = "ol" if part.get("style") == "ordered" else "ul"
    items = (Markup("<li>{}</li>").format(_inline(one["elements"], reader)) for one in part["elements"])
    made = Markup(f'<{name} class="indent-{{}}" start="{{}}">{{}}</{name}>')
    return made.format(part.get("indent", 0), 1 + part.get("offset", 0), Markup("").join(items))


def _inline(elements: Sequence[Json], reader: Reader) -> Markup:
    return Markup("").join(_styled(one, reader) for one in elements)


def _styled(one: Json, reader: Reader) -> Markup:
    made = _element(one, reader)
    for style, tag in _STYLES:
        if one.get("style", {}).get(style):
            made = Markup(f"<{tag}>{{}}</{tag}>").format(made)
    return made


def _element(one: Json, reader: Reader) -> Markup:
    match one["type"]:
        case "text":
            return Markup("<br>").join(escape(line) for line in one["text"].split("\n"))
        case "link":
            return link(one["url"], one.get("text", ""))
        case "user":
            return mention("@" + reader.people.get(one["user_id"], one["user_id"]))
        case "channel":
            return mention("#" + reader.channels.get(one["channel_id"], one["channel_id"]))
        case "broadcast":
            return mention("@" + one["range"])
        case "date":
            return escape(instant(int(one["timestamp"]), one["format"], reader))
        case "emoji":
            points = one.get("unicode", "")
            named = "".join(chr(int(point, 16)) for point in points.split("-")) if points else ""
            return escape(named or from_markup(f":{one['name']}:", str))
        case other:
            raise KeyError(other)
