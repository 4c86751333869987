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


def written(hooks: Sequence[Waiting]) -> bytes:
    """Write hooks as one message of the stream."""
    return together([about(one) for one in hooks], [one.hook.body for one in hooks])


def together(abouts: Sequence[bytes], bodies: Sequence[bytes]) -> bytes:
    """Make one message of what `about` says of hooks, and of their bodies in the same order."""
    return b"".join([b"[", b",".join(abouts), b"]\n", *bodies])


def about(one: Waiting) -> bytes:
    """Write as JSON what stands of a hook before its body."""
    return _json(_about(one))


def waiting(data: bytes) -> list[Waiting]:
    """Read what `written` wrote; raises ValueError or KeyError on anything else."""
    line, _, bodies = data.partition(b"\n")
    found, at = [], 0
    for about in json.loads(line):
        found.append(_waiting(about, bodies[at : at + about["size"]]))
        at += about["size"]
    return found


def keys_of(data: bytes) -> set[int]:
    """Name the hooks of a message by key; none where it is not of our making."""
    try:
        return {about["id"] for about in json.loads(data.partition(b"\n")[0])}
    except (ValueError, KeyError, TypeError):
        return set()


def _about(one: Waiting) -> dict[str, Any]:
    hook = one.hook
    return {
        "id": hook.id,
        "channel": hook.channel,
        "at": to_micros(hook.received_at),
        "method": hook.method,
        "url": hook.url,
        "headers": dict(hook.headers),
        "part": one.part,
        "size": len(hook.body),
    }


def _waiting(about: Mapping[str, Any], body: bytes) -> Waiting:
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


def name_of(kept: Journalled, events: Sequence[Event]) -> bytes:
    """Name what a hook says: by its messages, else by its own key.

    Two hooks of one name are surely the same. Nothing else names an event: a reaction that is put on
    again has the very body of the first. And a provider that calls again may gather messages anew: then
    the database's key tells that they were kept.
    """
    told = hashlib.blake2b(kept.channel.encode() + b"\0", digest_size=16)
    if events and all(isinstance(event, MessageIn) for event in events):
        for event in events:
            assert isinstance(event, MessageIn)
            told.update(f"{event.address}\0{event.external_id}\0".encode("utf-8", "replace"))
    else:
        told.update(str(kept.id).encode())
    return told.digest()


def message_id(partition: int, names: Sequence[bytes]) -> str:
    """Name a message of the stream, for its window of duplicates, by what its hooks are named."""
    return f"{partition}-{hashlib.blake2b(b''.join(names), digest_size=16).hexdigest()}"
