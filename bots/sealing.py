"""Hooks that a channel made itself, of what it polled: sealed, so that nobody can post such a one."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from bots.channel import Hook
from bots.errors import BadSignature

HEADER: Final = "x-tidings-seal"


def sealed(
    key: bytes, name: str, body: bytes, received_at: datetime, headers: Mapping[str, str] | None = None
) -> Hook:
    """Make the hook of a *body* that the channel *name* polled, with a seal made of *key*."""
    seal = {HEADER: _seal(key, name, body)}
    return Hook(
        method="POST",
        url=f"polled:{name}",
        headers={**(headers or {}), **seal},
        body=body,
        received_at=received_at,
    )


def check_seal(key: bytes, name: str, hook: Hook) -> None:
    """Raise BadSignature unless `sealed` made *hook* with the same *key* for the same *name*."""
    if not hmac.compare_digest(hook.headers.get(HEADER, "").encode(), _seal(key, name, hook.body).encode()):
        raise BadSignature


def _seal(key: bytes, name: str, body: bytes) -> str:
    return hmac.new(key, f"polled:{name}:".encode() + body, sha256).hexdigest()
