"""The grains of a post: Slack's rich_text, where nothing that people wrote is parsed."""

from datetime import datetime
from typing import Any

Block = dict[str, Any]


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
