"""What a WhatsApp message says: its words and its files, and words for what has neither."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from bots.channel import Attachment, AttachmentKind
from bots.json_body import Json, angle, harmless, table, tables, text
from bots.meta_errors import words_of

LONGEST_STAND_IN: Final = 1_000
"""Characters: of a kind that nobody knew, no more is shown."""
DEEPEST: Final = 20
SILENT: Final = frozenset({"type", "wa_id", "country_code", "flow_token"})

Content = tuple[str, tuple[Attachment, ...]]


def content(said: Json) -> Content:
    """Give the words and the attachments of a message, or of what an edit put in its place."""
    kind = kind_of(said)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(said)
    part = said.get(kind) if kind else None
    return _bracketed(kind or "message without a kind", " · ".join(_leaves(part))), ()


def kind_of(said: Json) -> str:
    """Name the kind of a message: its type, else what it holds; empty where it holds nothing we know."""
    return text(said.get("type")) or next((kind for kind in _READERS if kind in said), "")


def _text(said: Json) -> Content:
    return text(table(said.get("text")).get("body")), ()


def _button(said: Json) -> Content:
    button = table(said.get("button"))
    return text(button.get("text")) or text(button.get("payload")), ()


def _file(kind: AttachmentKind) -> Callable[[Json], Content]:
    def read(said: Json) -> Content:
        part = table(said.get(kind))
        file = Attachment(
            kind="voice" if part.get("voice") is True else kind,
            ref=text(part.get("id")) or text(part.get("url")),
            name=text(part.get("filename")),
            content_type=text(part.get("mime_type")),
        )
        return text(part.get("caption")), (file,)

    return read


def _location(said: Json) -> Content:
    place = table(said.get("location"))
    name = ", ".join(filter(None, (text(place.get("name")), text(place.get("address")))))
    latitude, longitude = angle(place.get("latitude"), 90), angle(place.get("longitude"), 180)
    if latitude is None or longitude is None:
        return _bracketed("location", name), ()
    found = Attachment(kind="location", name=name, latitude=latitude, longitude=longitude)
    return text(place.get("url")), (found,)


def _cards(said: Json) -> Content:
    lines, files = [], []
    for card in tables(said.get("contacts")):
        name = table(card.get("name"))
        shown = text(name.get("formatted_name")) or " ".join(_leaves(name))
        rest = {part: value for part, value in card.items() if part != "name"}
        lines.append(_bracketed("contact", ", ".join(filter(None, [shown, *_leaves(rest)]))))
        files.append(Attachment(kind="contact", name=shown, content_type="text/vcard"))
    return "\n".join(lines) or "[contact]", tuple(files)


def _order(said: Json) -> Content:
    order = table(said.get("order"))
    goods = [
        f"{one.get('quantity', 1)} × {one.get('product_retailer_id', '')}, "
        f"{one.get('item_price', '')} {one.get('currency', '')}".strip(", ")
        for one in tables(order.get("product_items"))
    ]
    listed = f"[order: {' · '.join(goods)}]" if goods else "[order]"
    return "\n".join(filter(None, [listed, text(order.get("text"))])), ()


def _interactive(said: Json) -> Content:
    part = table(said.get("interactive"))
    kind = text(part.get("type"))
    chosen = table(part.get(kind))
    match kind:
        case "button_reply" | "list_reply":
            words = (text(chosen.get("title")), text(chosen.get("description")))
            return "\n".join(filter(None, words)) or text(chosen.get("id")), ()
        case "nfm_reply":
            return _form(chosen), ()
        case "call_permission_reply":
            return _bracketed("calls from us", text(chosen.get("response"))), ()
        case _:
            return _bracketed(kind or "interactive", " · ".join(_leaves(chosen or part))), ()


def _form(answer: Json) -> str:
    """Write an answered form: its fields and what was put into them, a line each."""
    head = _bracketed(text(answer.get("name")) or "form", text(answer.get("body")))
    told = answer.get("response_json")
    try:
        fields = table(harmless(json.loads(told)) if isinstance(told, str) else told)
        lines = [
            f"{name.replace('_', ' ')}: {value if isinstance(value, str) else json.dumps(value)}"
            for name, value in fields.items()
            if name not in SILENT
        ]
    except (ValueError, RecursionError):
        return f"{head}\n{told}"
    return "\n".join([head, *lines])


def _unsupported(said: Json) -> Content:
    kind = text(table(said.get("unsupported")).get("type")) or "unsupported message"
    errors = tables(said.get("errors"))
    return _bracketed(kind, words_of(errors[0]) if errors else ""), ()


def _bracketed(kind: str, words: str) -> str:
    kind = kind.replace("_", " ")
    return f"[{kind}: {words}]"[:LONGEST_STAND_IN] if words else f"[{kind}]"


def _leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield every text and number in *value*, in order, without those that only machines read."""
    if depth > DEEPEST:
        return
    match value:
        case str() if value:
            yield value
        case bool():
            pass
        case int() | float():
            yield str(value)
        case list():
            for one in value:
                yield from _leaves(one, depth + 1)
        case dict():
            for name, one in value.items():
                if name not in SILENT:
                    yield from _leaves(one, depth + 1)


_READERS: Final[dict[str, Callable[[Json], Content]]] = {
    "text": _text,
    "image": _file("image"),
    "video": _file("video"),
    "audio": _file("audio"),
    "voice": _file("voice"),
    "document": _file("document"),
    "sticker": _file("sticker"),
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    "contacts": _cards,
    "order": _order,
    "unsupported": _unsupported,
}
