"""Hooks as they lie in the stream: one line of JSON about them, then the body as it came."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bots.channel import Event, Hook, MessageIn
from storage.batch import Journalled
from storage.instants import from_micros, to_micros

PARTITIONS: Final = 8
"""In how many parts hooks are applied beside each other; one address is always in one. Never change it
while hooks wait: those of an address would be in two."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hook of the stream: *part* is the only partition whose events it is here for, if it is in several."""

    hook: Journalled
    part: int | None


def written(hook: Journalled, part: int | None) -> bytes:
    """Write a hook for the stream."""
    about = {
        "id": hook.id,
        "channel": hook.channel,
        "at": to_micros(hook.received_at),
        "method": hook.method,
        "url": hook.url,
        "headers": dict(hook.headers),
        "part": part,
    }
    return _json(about) + b"\n" + hook.body


def waiting(data: bytes) -> Waiting:
    """Read what `written` wrote; raises ValueError or KeyError on anything else."""
    line, _, body = data.partition(b"\n")
    about = json.loads(line)
    hook = Journalled(
        id=about["id"],
        channel=about["channel"],
        received_at=from_micros(about["at"]),
        method=about["method"],
        url=about["url"],
        headers=about["headers"],
        body=body,
    )
    return Waiting(hook, about["part"])


def _json(about: Mapping[str, Any]) -> bytes:
    """Write JSON; header bytes that were not text are escaped, which only the slow way can."""
    try:
        return orjson.dumps(about)
    except TypeError:
        return json.dumps(about).encode()


def hook_of(kept: Journalled) -> Hook:
    """Give the webhook call itself."""
    return Hook(
        method=kept.method, url=kept.url, headers=kept.headers, body=kept.body, received_at=kept.received_at
    )


def partition_of(event: Event) -> int:
    """Say where an event is applied: with all others of its address, so that their order stays."""
    key = event.address or getattr(event, "external_id", "")
    return (
        int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=2).digest()) % PARTITIONS
    )


def partitions_of(events: Collection[Event]) -> list[int]:
    """Say where the events of a hook are applied; one without events anywhere."""
    return sorted({partition_of(event) for event in events}) or [0]


def message_id(channel: str, hook: Hook, events: Sequence[Event], partition: int) -> str:
    """Name a hook for the stream's window of duplicates: by its messages, else by its body.

    A provider that calls again may gather messages anew, yet each is kept once by the database's key; two
    hooks of one name are surely the same.
    """
    told = hashlib.blake2b(digest_size=16)
    told.update(f"{channel}\0{partition}\0".encode())
    if events and all(isinstance(event, MessageIn) for event in events):
        for event in events:
            assert isinstance(event, MessageIn)
            told.update(f"{event.address}\0{event.external_id}\0".encode("utf-8", "replace"))
    else:
        told.update(hook.url.encode("utf-8", "replace") + b"\0" + hook.body)
    return told.hexdigest()
