"""What a thread says of words that may be a wish for no more messages: a question, and its answer."""

from collections.abc import Mapping
from typing import Any, Final

from inbox.desk import wishing
from inbox.desk.slack.posts import Post, question, sentence

STOP: Final = "wish_stop"
NOT_SO: Final = "wish_not_so"
ON_WISH: Final = (STOP, NOT_SO)


def post_of(conversation_id: int, kind: str, who: str, data: Mapping[str, Any], mention: str = "") -> Post:
    """Ask whether they want no more, or say how it was read."""
    told = wishing.said(kind, who, data)
    if kind != wishing.WISHED:
        return sentence(told, mention)
    key = str(conversation_id)
    return question(told, [(STOP, "Stop", key), (NOT_SO, "Not so", key)], mention)
