"""What Meta's hooks say of a WhatsApp number: every entry, change, message and status of a batch.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from bots.channel import Echoed, Event, Hook, MessageIn, Reading
from bots.json_body import Json, table, tables, text
from bots.meta_hooks import challenge, entries
from bots.whatsapp.asides import call, echo, preference, status
from bots.whatsapp.messages import message
from bots.whatsapp.people import People

Told = Sequence[Event] | str
"""What one item says, or the name under which it is passed over."""
LONGEST_NAME: Final = 64

PARTS: Final[dict[str, Callable[[Json, People, datetime], Told]]] = {
    "messages": message,
    "message_echoes": echo,
    "statuses": status,
    "user_preferences": preference,
    "calls": call,
}
"""What may stand in a change, each a list."""


def read(hook: Hook, secrets: Sequence[bytes], verify_token: bytes, number_id: str) -> Reading:
    """Check and translate one hook for the number with Meta's identifier *number_id*.

    Raises BadSignature, or Malformed for what is not Meta's envelope.
    """
    if hook.method.upper() == "GET":
        return challenge(hook, verify_token)
    events: list[Event] = []
    skipped: list[str] = []
    kind, found = entries(hook, secrets, verify_token)
    for entry in found:
        changes = tables(entry.get("changes"))
        for change in changes:
            _change(change, number_id, hook.received_at, events, skipped)
        if not changes:
            skipped.append(f"entry of {kind or 'nothing'} without changes")
    return Reading(events=_once(events), skipped=tuple(name[:LONGEST_NAME] for name in skipped))


def _change(
    change: Json, number_id: str, received_at: datetime, events: list[Event], skipped: list[str]
) -> None:
    """Put what one change says into *events*, and what it says in vain into *skipped*."""
    value, field = table(change.get("value")), text(change.get("field"))
    number = text(table(value.get("metadata")).get("phone_number_id"))
    if number and number != number_id:
        skipped.append(f"{field or 'change'} of number {number}")
        return
    people = People(value.get("contacts"))
    heard = False
    for name, translate in PARTS.items():
        for item in tables(value.get(name)):
            heard = True
            told = translate(item, people, received_at)
            if isinstance(told, str):
                skipped.append(told)
            else:
                events.extend(told)
    if not heard:
        codes = [str(one.get("code", "")) for one in tables(value.get("errors"))]
        skipped.append(f"error {' '.join(codes)}" if codes else field or "empty change")


def _once(events: list[Event]) -> tuple[Event, ...]:
    """Keep one message of each identifier: Meta repeats some within a hook."""
    if len(events) < 2:
        return tuple(events)
    seen: set[str] = set()
    kept: list[Event] = []
    for event in events:
        if isinstance(event, MessageIn | Echoed):
            if event.external_id in seen:
                continue
            seen.add(event.external_id)
        kept.append(event)
    return tuple(kept)
