"""Whether what was read is of the documented types, before it goes further in."""

from math import isfinite
from typing import Final

from bots.channel import Attachment, Event, MessageIn, Reacted, Reading

LARGEST: Final = 2**63 - 1


def sound(reading: Reading) -> Reading:
    """Return *reading*; TypeError or ValueError where a field of it is not what it should be."""
    for event in reading.events:
        _check(event)
    return reading


def _check(event: Event) -> None:
    match event:
        case MessageIn():
            words = (event.text, event.sender_name, event.language, event.reply_to, event.group)
            _are_texts(event.address, event.external_id, *words)
            for attachment in event.attachments:
                _check_attachment(attachment)
        case Reacted():
            _are_texts(event.emoji)
        case _:
            pass


def _check_attachment(one: Attachment) -> None:
    _are_texts(one.ref, one.name, one.content_type)
    if one.size is not None and (not isinstance(one.size, int) or not 0 <= one.size <= LARGEST):
        raise TypeError("a size is a number of bytes")
    for angle, most in ((one.latitude, 90), (one.longitude, 180)):
        if angle is not None and not (isfinite(angle) and abs(angle) <= most):
            raise ValueError("a place is not on the globe")


def _are_texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("a text is not a text")
