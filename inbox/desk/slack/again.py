"""A modal that our own rows did not fill: it says so, and its button tries once more from what it carries."""

import json
from dataclasses import replace
from typing import Any, Final

from inbox.desk.slack import words
from inbox.desk.slack.deeds import Pressed
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Opening, View
from storage.database import StorageError, Unavailable

AGAIN: Final = "try_again"
NO_ROWS: Final = (StorageError, Unavailable, OSError, TimeoutError)
"""What is raised where the database cannot be asked."""
UNREAD: Final = "Our database did not answer, so this could not be filled in. Nothing was changed."
CLOSE: Final = "Close this and press again."
NOT_DONE: Final = "Our database did not answer, and nothing was done. Send it once more."
NOT_NOW: Final = "Our database did not answer, and nothing was done. Press again in a moment."
LONGEST: Final = 2_000  # characters of a button's value (docs.slack.dev/reference/block-kit)
CARRIED: Final = ("action", "value", "slack_channel", "message_ts", "thread_ts")


def offer(callback: str, title: str, opening: Opening) -> View:
    """Say why a modal is empty, with a button that opens the same once more."""
    value = _written(opening)
    if len(value) > LONGEST:
        return sheet.refusal(callback, title, f"{UNREAD} {CLOSE}")
    button = {"type": "button", "action_id": AGAIN, "value": value, "text": sheet.plain("Try again")}
    blocks = [sheet.said(UNREAD), {"type": "actions", "elements": [button]}]
    return sheet.modal(callback, title, blocks, close="Close")


def opening_of(deed: Pressed) -> Opening:
    """Read from the pressed button what was to be opened; it is filled in the modal that is there."""
    told: dict[str, Any] = json.loads(deed.value)
    text = told.pop("text", None)
    opening = Opening(
        slack_id=deed.slack_id, team_of_author=deed.team_of_author, trigger_id=deed.trigger_id, **told
    )
    return opening if text is None else replace(opening, message={"text": text})


def _written(opening: Opening) -> str:
    """Write what a modal is filled from: of a message its words, of a card whom it concerns."""
    told = {name: value for name in CARRIED if (value := getattr(opening, name))}
    if opening.spoken:
        told["spoken"] = words.shortened(opening.whom, 200)
    if opening.message is not None:
        told["text"] = words.shortened(str(opening.message.get("text") or ""), 1_000)
    return json.dumps(told, ensure_ascii=False)
