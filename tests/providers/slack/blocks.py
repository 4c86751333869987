"""Block Kit as Slack checks it: shapes and limits, each fault named with its block and place."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.providers.slack.block_tables import BLOCKS, ELEMENTS, IN_BLOCK, INLINE, RICH, Shape

Json = dict[str, Any]
FileKnown = Callable[[str], bool]


def block_faults(blocks: object, *, surface: str, image_known: FileKnown) -> list[str]:
    """Every fault of these blocks, as sentences; empty when Slack would take them."""
    check = _Check(surface, image_known)
    check.blocks(blocks, "/blocks")
    return check.faults


def characters(value: object) -> int:
    """How many characters of text these blocks hold (`msg_blocks_too_long` counts them)."""
    if isinstance(value, list):
        return sum(characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        len(held) if key == "text" and isinstance(held, str) else characters(held)
        for key, held in value.items()
    )


class _Check:
    def __init__(self, surface: str, image_known: FileKnown) -> None:
        self.surface = surface
        self.image_known = image_known
        self.faults: list[str] = []
        self.block = ""
        self.ids: set[str] = set()

    def wrong(self, place: str, why: str) -> None:
        self.faults.append(f"[ERROR] {self.block}{why} [json-pointer:{place}]")

    def blocks(self, blocks: object, place: str) -> None:
        most = 50 if self.surface == "message" else 100
        if not isinstance(blocks, list):
            self.wrong(place, "must be an array")
            return
        if len(blocks) > most:
            self.wrong(place, f"no more than {most} items allowed")
        for number, block in enumerate(blocks):
            self.one(block, f"{place}/{number}")

    def one(self, block: object, place: str) -> None:
        self.block = ""
        if not isinstance(block, dict) or block.get("type") not in BLOCKS:
            self.wrong(place, f"unsupported type: {block.get('type') if isinstance(block, dict) else block}")
            return
        name = block.get("block_id")
        self.block = f"{block['type']}{f' {name!r}' if name else ''}: "
        if name is not None:
            self.length(name, f"{place}/block_id", 255)
            if name in self.ids:
                self.wrong(f"{place}/block_id", f"block_id {name!r} already exists")
            self.ids.add(str(name))
        self.shape(block, BLOCKS[block["type"]], place)
        match block["type"]:
            case "section" if not block.get("text") and not block.get("fields"):
                self.wrong(place, "one of text or fields is required")
            case "section" | "actions" | "context" | "input":
                self.placed(block, place)
            case "image":
                self.image(block, place)
            case "rich_text":
                self.rich(block, place)

    def shape(self, value: Json, shape: Shape, place: str) -> None:
        """Keys that must be there, keys that may, and how long each may be."""
        for key in shape.must:
            if key not in value:
                self.wrong(place, f"missing required field: {key}")
        for key in sorted(set(value) - set(shape.must) - set(shape.may) - {"type", "block_id"}):
            self.wrong(f"{place}/{key}", f"invalid additional property: {key}")
        for key, most in shape.most.items():
            if key in value:
                self.length(value[key], f"{place}/{key}", most)
        for key, (kind, most) in shape.texts.items():
            for at, text in self.several(value, key, place):
                self.text(text, at, kind, most)
        for key in shape.options:
            for at, option in self.several(value, key, place):
                self.option(option, at, 75 if value.get("type") != "checkboxes" else 150)
        if isinstance(value.get("confirm"), dict) and "type" in value:  # a dialog's own button is words
            self.confirm(value["confirm"], f"{place}/confirm")

    def several(self, value: Json, key: str, place: str) -> Iterable[tuple[str, object]]:
        if key not in value:
            return []
        if isinstance(value[key], list):
            return [(f"{place}/{key}/{n}", item) for n, item in enumerate(value[key])]
        return [(f"{place}/{key}", value[key])]

    def length(self, value: object, place: str, most: int) -> None:
        unit = "characters" if isinstance(value, str) else "items"
        if isinstance(value, str | list):
            if not value:
                self.wrong(place, f"must have at least 1 {unit}")
            if len(value) > most:
                self.wrong(place, f"must have at most {most} {unit}, has {len(value)}")
        elif isinstance(value, int) and not isinstance(value, bool):
            if not 1 <= value <= most:
                self.wrong(place, f"must be between 1 and {most}")
        else:
            self.wrong(place, "must be a string, a list or a number")

    def text(self, value: object, place: str, kind: str, most: int) -> None:
        if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
            self.wrong(place, "must be a text object")
            return
        if kind == "plain" and value["type"] != "plain_text":
            self.wrong(f"{place}/type", "must be plain_text")
        also = "emoji" if value["type"] == "plain_text" else "verbatim"
        for key in sorted(set(value) - {"type", "text", also}):
            self.wrong(f"{place}/{key}", f"invalid additional property: {key}")
        self.length(value.get("text", ""), f"{place}/text", most)

    def option(self, option: object, place: str, most: int) -> None:
        if not isinstance(option, dict):
            self.wrong(place, "must be an option object")
            return
        shape = Shape(
            must=("text", "value"),
            may=("description", "url"),
            most={"value": 150},
            texts={"text": ("any", most), "description": ("any", 75)},
        )
        self.shape(option, shape, place)

    def confirm(self, value: Json, place: str) -> None:
        texts = {
            "title": ("plain", 100),
            "text": ("any", 300),
            "confirm": ("plain", 30),
            "deny": ("plain", 30),
        }
        self.shape(
            value, Shape(must=("text",), may=("title", "confirm", "deny", "style"), texts=texts), place
        )

    def placed(self, block: Json, place: str) -> None:
        """The elements in a block: allowed there, well-shaped, no action_id twice."""
        kind = block["type"]
        key = {"section": "accessory", "input": "element"}.get(kind, "elements")
        seen: set[str] = set()
        for at, element in self.several(block, key, place):
            name = element.get("type") if isinstance(element, dict) else None
            if kind == "context" and name in ("mrkdwn", "plain_text"):
                self.text(element, at, "any", 3000)
                continue
            if not isinstance(element, dict) or name not in IN_BLOCK[kind]:
                self.wrong(at, f"unsupported element: {name}")
                continue
            if name == "file_input" and self.surface == "message":
                self.wrong(at, "unsupported element: file_input")
            self.shape(element, ELEMENTS[str(name)], at)
            if name == "image":
                self.image(element, at)
            if name == "button" and element.get("style") not in (None, "primary", "danger"):
                self.wrong(f"{at}/style", "must be primary or danger")
            action = element.get("action_id")
            if action in seen:
                self.wrong(f"{at}/action_id", f"action_id {action!r} already exists in this block")
            if action:
                seen.add(str(action))

    def image(self, value: Json, place: str) -> None:
        if ("image_url" in value) == ("slack_file" in value):
            self.wrong(place, "exactly one of image_url and slack_file is required")
        if isinstance(value.get("slack_file"), dict) and not self.image_known(
            str(value["slack_file"].get("id"))
        ):
            self.wrong(f"{place}/slack_file", "invalid slack file")

    def rich(self, value: Json, place: str) -> None:
        for at, element in self.several(value, "elements", place):
            name = element.get("type") if isinstance(element, dict) else None
            if isinstance(element, dict) and name in RICH:
                self.shape(element, RICH[str(name)], at)
                self.rich(element, at)
            elif isinstance(element, dict) and name in INLINE and value["type"] != "rich_text":
                self.shape(element, INLINE[str(name)], at)
            else:
                self.wrong(at, f"unsupported rich text element: {name}")


def view_faults(view: object, *, image_known: FileKnown) -> list[str]:
    """Every fault of a modal or Home view, blocks included."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["[ERROR] must be a modal or a home view [json-pointer:/view]"]
    check = _Check(view["type"], image_known)
    shape = BLOCKS["modal" if view["type"] == "modal" else "home"]
    check.shape(view, shape, "/view")
    if len(str(view.get("private_metadata", ""))) > 3000:
        check.wrong("/view/private_metadata", "must have at most 3000 characters")
    check.blocks(view.get("blocks"), "/view/blocks")
    needs_submit = any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or [])
    if view["type"] == "modal" and needs_submit and "submit" not in view:
        check.block = ""
        check.wrong("/view/submit", "a modal with input blocks must have submit")
    if len(json.dumps(view)) > 250_000:
        check.wrong("/view", "view is larger than 250 kB")
    return check.faults
