"""Hooks that a channel made itself, of what it polled: sealed, so that nobody can post such a one."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Protocol

from pydantic import Field, SecretStr

from bots.channel import Hook
from bots.comparing import is_one_of
from bots.errors import BadSignature

HEADER: Final = "x-tidings-seal"

OldSecretKey = Annotated[
    SecretStr,
    Field(
        description="The application's secret before this one, while it is being changed: both are good.",
        json_schema_extra={"env": "TIDINGS_OLD_SECRET_KEY", "where": "What TIDINGS_SECRET_KEY was before."},
    ),
]


class Keyed(Protocol):
    """Settings of a channel that takes keys of its own from the application's secret."""

    @property
    def secret_key(self) -> SecretStr:
        """The secret by which new things are signed."""

    @property
    def old_secret_key(self) -> SecretStr:
        """The one before, by which what was signed is still good; empty where there is none."""


def house_keys(settings: Keyed) -> tuple[bytes, ...]:
    """List the application's secrets, the newest first: that one signs, all of them are good."""
    both = (settings.secret_key, settings.old_secret_key)
    return tuple(one.get_secret_value().encode() for one in both if one.get_secret_value())


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


def check_seal(keys: Sequence[bytes], name: str, hook: Hook) -> None:
    """Raise BadSignature unless `sealed` made *hook* with one of *keys* for the same *name*."""
    given = hook.headers.get(HEADER, "").encode("utf-8", "replace")
    if not is_one_of(given, (_seal(key, name, hook.body).encode() for key in keys)):
        raise BadSignature


def _seal(key: bytes, name: str, body: bytes) -> str:
    return hmac.new(key, f"polled:{name}:".encode() + body, sha256).hexdigest()
