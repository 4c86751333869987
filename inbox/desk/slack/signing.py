"""Slack's signature on what it posts to us, under its secret or the one before.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack. The library knows one secret
only, and trips over a time that is no number.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bots.comparing import is_one_of

WINDOW: Final = 300
"""Seconds that the two clocks may be apart, either way."""


def is_signed(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether Slack signed *body* with one of *secrets*, no more than five minutes from *now*."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return False
    content = b"v0:" + stamp.encode() + b":" + body
    given = headers.get("X-Slack-Signature", "").encode("utf-8", "replace")
    wanted = (f"v0={hmac.digest(one.encode(), content, 'sha256').hex()}".encode() for one in secrets)
    return is_one_of(given, wanted)
