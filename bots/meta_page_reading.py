"""The hooks of a Facebook page or an Instagram account: every event of every entry.

Sources: https://developers.facebook.com/docs/messenger-platform/webhooks and
https://developers.facebook.com/docs/instagram-platform/webhooks/examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bots.channel import Event, Hook, Reading
from bots.meta_hooks import challenge, entries
from bots.meta_page_comments import comment
from bots.meta_page_events import READERS
from bots.meta_page_side import Moment, Side
from bots.meta_values import Json, id_of, moment_of, objects_of, part_of, text_of

ABOUT: Final = frozenset({"sender", "recipient", "timestamp", "prior_message", "hop_context"})
"""Names that stand beside what happened and are not it."""


@dataclass(slots=True)
class Told:
    """What was read so far."""

    events: list[Event] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def skip(self, name: str) -> None:
        """Pass over what is called *name*."""
        self.skipped.append(name[:64])


def read(hook: Hook, side: Side, secrets: Sequence[bytes], verify_token: bytes) -> Reading:
    """Check and translate one hook, or answer Meta's challenge; raises BadSignature or Malformed."""
    if hook.method.upper() == "GET":
        return challenge(hook, verify_token)
    kind, found = entries(hook, secrets, verify_token)
    told = Told()
    if kind and kind != side.kind:
        told.skip(f"object {kind}")
    else:
        for entry in found:
            _entry(entry, side, hook.received_at, told)
    return Reading(events=tuple(told.events), skipped=tuple(told.skipped))


def _entry(entry: Json, side: Side, received_at: datetime, told: Told) -> None:
    """Read all of one entry: what was said, what another app was told, what changed."""
    ours = id_of(entry.get("id"))
    if side.account_id and ours and ours != side.account_id:
        told.skip("another account")
        return
    for item in objects_of(entry.get("messaging")):
        _happened(item, ours, side, received_at, told)
    for _ in objects_of(entry.get("standby")):
        told.skip("standby")
    for change in objects_of(entry.get("changes")):
        name, value = text_of(change, "field"), part_of(change, "value")
        if name == "standby":
            told.skip(name)
        elif "sender" in value:
            _happened(value, ours, side, received_at, told)
        else:
            at = moment_of(entry.get("time")) or received_at
            found = comment(name, value, ours, side, at)
            if isinstance(found, str):
                told.skip(found)
            else:
                told.events.append(found)
    if entry.keys().isdisjoint(("messaging", "standby", "changes")):
        told.skip("entry without events")


def _happened(item: Json, ours: str, side: Side, received_at: datetime, told: Told) -> None:
    """Read one item of `messaging`: it names who and when beside what happened."""
    sender, recipient = (id_of(part_of(item, name).get("id")) for name in ("sender", "recipient"))
    own = bool(ours) and sender == ours
    moment = Moment(
        side=side,
        item=item,
        customer=recipient if own else sender,
        sent_at=moment_of(item.get("timestamp")) or received_at,
        ours=own,
    )
    for name, value in item.items():
        if name in ABOUT:
            continue
        tell = READERS.get(name)
        if tell is None or not isinstance(value, dict):
            told.skip(name)
            continue
        before = len(told.events)
        told.events.extend(tell(moment, value))
        if len(told.events) == before:
            told.skip(f"{name} of ours" if moment.ours else f"{name} that tells nothing")
