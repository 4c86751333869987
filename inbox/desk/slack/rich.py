"""The grains of a post: Slack's rich_text, where nothing that people wrote is parsed."""

from datetime import datetime
from typing import Any, Final

from bots.marks import Kind, runs

Block = dict[str, Any]


STYLES: Final[dict[Kind, str]] = {"bold": "bold", "italic": "italic", "struck": "strike", "code": "code"}
MOST: Final = 200
"""Runs in one piece: a text in more is shown as it was typed, for Slack says not how many it takes."""


def said(text: str, *, bold: bool = False, italic: bool = False) -> Block:
    """Say words as they are; Slack keeps no empty element."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    made: Block = {"type": "text", "text": text or " "}
    return {**made, "style": style} if style else made


def date(instant: datetime) -> Block:
    """Tell an aware instant in each reader's zone."""
    return {
        "type": "date",
        "timestamp": int(instant.timestamp()),
        "format": "{time}",
        "fallback": f"{instant:%H:%M} UTC",
    }


def section(elements: list[Block]) -> Block:
    """Join elements to a paragraph."""
    return {"type": "rich_text_section", "elements": elements}


def rich(elements: list[Block]) -> Block:
    """Join sections, lists and quotes to a block."""
    return {"type": "rich_text", "elements": elements}


def written(text: str, head: list[Block] | None = None) -> list[Block]:
    """Show what somebody wrote, after *head*, with its formatting: paragraphs, and blocks of code.

    Nobody can pose as another sender: bold at a line's start that a middle dot follows, as after our
    names, is shown without it.
    """
    cut = runs(text)
    if len(cut) > MOST:
        return [section([*(head or []), said(text)])]
    parts: list[Block] = []
    line = list(head or [])
    for at, (words, kinds) in enumerate(cut):
        if "block" in kinds:
            parts += [section(line)] if line else []
            parts.append({"type": "rich_text_preformatted", "elements": [said(words)]})
            line = []
            continue
        before, after = (cut[at - 1] if at else ("\n", ())), (cut[at + 1] if at + 1 < len(cut) else ("", ()))
        words = words.removeprefix("\n") if "block" in before[1] else words
        words = words.removesuffix("\n") if "block" in after[1] else words
        posing = before[0].endswith("\n") and after[0].lstrip().startswith("·")
        styles = [STYLES[kind] for kind in kinds if kind in STYLES and not (posing and kind == "bold")]
        line += [_styled(words, styles)] if words else []
    return [*parts, section(line)] if line or not parts else parts


def _styled(words: str, styles: list[str]) -> Block:
    made = said(words)
    return {**made, "style": dict.fromkeys(styles, True)} if styles else made
