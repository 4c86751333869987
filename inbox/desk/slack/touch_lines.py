"""A touch as it stands above the words that answer it: the occasion, when, what became of it, its words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inbox.desk.slack import words
from inbox.desk.slack.rich import Block, said, section
from inbox.desk.slack.touch_words import say
from inbox.desk.slack.workspace import Workspace
from storage.touch_said import Begun

LONGEST: Final = 600
FORM: Final = "{date_short_pretty} at {time}"
OUTCOMES: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "did not arrive",
    "perhaps": "perhaps sent",
}
OWN_NAMES: Final = ("birthday", "anniversary")


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchLine:
    """What we began: *occasion* is like `birthday touch`, *outcome* what became of it, in words."""

    occasion: str
    text: str
    at: datetime
    outcome: str


def line_of(workspace: Workspace, begun: Begun) -> TouchLine:
    """Make the line of a touch that was said."""
    return TouchLine(
        occasion=occasion(workspace, begun.kind),
        text=words.shortened(begun.text, LONGEST),
        at=begun.at,
        outcome=OUTCOMES.get(begun.status, "on its way"),
    )


def occasion(workspace: Workspace, kind: str, language: str = "en") -> str:
    """Name a kind of touch for agents: `birthday touch`, `touch “After a delivery”`."""
    touch = workspace.touches.rules.touches.get(kind) if workspace.touches is not None else None
    start = kind if touch is None else touch.start
    if start in OWN_NAMES:
        return say(language, start)
    name = touch.name if touch is not None else kind.replace("_", " ")
    return say(language, "named", name=words.shortened(name, 80))


def blocks_of(line: TouchLine) -> list[Block]:
    """Show it as grains of a post: a sentence, then its words as a quote."""
    head = [
        said(f"answers our {line.occasion} of ", italic=True),
        {
            "type": "date",
            "timestamp": int(line.at.timestamp()),
            "format": FORM,
            "fallback": f"{line.at:%d %B, %H:%M} UTC",
        },
        said(f" ({line.outcome}):\n", italic=True),
    ]
    return [section(head), {"type": "rich_text_quote", "elements": [said(line.text or "(no words)")]}]


def text_of(line: TouchLine) -> str:
    """Say it in one line of escaped text."""
    head = f"answers our {words.escape(line.occasion)} of {words.clock(line.at, FORM)} ({line.outcome})"
    return f"{head}: “{words.escape(line.text)}”"
