"""Signatures of the Standard Webhooks, the same in both directions.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. The
library of that name judges the time by its own clock and trips over a header of another shape, so it is not
used here: a hook is judged by when it came, also when the journal is replayed.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from bots.channel import Hook
from bots.comparing import is_one_of
from bots.errors import BadSignature

WINDOW: Final = 300
"""Seconds that the two clocks may be apart, either way."""
MOST_SIGNATURES: Final = 16


def signed(keys: Sequence[bytes], message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Make the headers of a *body* that we post: one signature for each key."""
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_mac(key, content).decode()}" for key in keys),
    }


def check(keys: Sequence[bytes], hook: Hook) -> None:
    """Raise BadSignature unless one of *keys* signed the hook within the window around its arrival."""
    message_id, stamp = hook.headers.get("webhook-id", ""), hook.headers.get("webhook-timestamp", "")
    if not message_id or not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise BadSignature
    if abs(hook.received_at.timestamp() - int(stamp)) > WINDOW:
        raise BadSignature("The request was signed more than five minutes before or after it came.")
    content = f"{message_id}.{stamp}.".encode("utf-8", "surrogateescape") + hook.body
    wanted = {b"v1," + _mac(key, content) for key in keys}
    header = hook.headers.get("webhook-signature", "").encode("utf-8", "replace")
    given = header.split(b" ", MOST_SIGNATURES)[:MOST_SIGNATURES]
    if not any(is_one_of(one, wanted) for one in given):
        raise BadSignature


def _mac(key: bytes, content: bytes) -> bytes:
    return b64encode(hmac.digest(key, content, sha256))
