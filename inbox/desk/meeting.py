"""Inviting a customer to a video meeting: the words with its link, which the agent reads over and sends."""

import secrets
from typing import Final

from config.calls import CallKnobs
from config.wording import Wording
from inbox.desk.errors import DeskError

TEXT: Final = "meeting"
NOWHERE: Final = (
    "There is no place to meet: whoever runs the house writes meeting_url under [calls] in the configuration."
)


def invitation(
    knobs: CallKnobs, wording: Wording, conversation_id: int, *, language: str = "", kind: str = ""
) -> str:
    """Write an invitation in the customer's *language* for a *kind* of channel; each time to a new room.

    Raises a DeskError where no place to meet is written.
    """
    if not knobs.meeting_url:
        raise DeskError(NOWHERE)
    link = knobs.meeting(conversation_id, secrets.token_hex(12))
    text = wording.say(TEXT, language, kind, {"link": link})
    return text if link in text else f"{text} {link}"
