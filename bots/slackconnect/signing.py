"""Who made a hook: Slack, by its signature, or we, by our seal.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bots.channel import Hook
from bots.comparing import is_one_of
from bots.errors import BadSignature
from bots.sealing import HEADER, check_seal

WINDOW: Final = 300
"""Seconds that the two clocks may be apart, either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one account's hooks are read: *seals* are the keys of those we heard ourselves, newest first.

    *name* is the section.
    """

    secrets: Sequence[bytes]
    seals: Sequence[bytes]
    name: str
    colleagues: bool


def check(hook: Hook, rules: Rules) -> None:
    """Raise BadSignature unless Slack signed the hook, or we sealed it."""
    if HEADER in hook.headers:
        check_seal(rules.seals, rules.name, hook)
        return
    stamp = hook.headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise BadSignature
    if abs(hook.received_at.timestamp() - int(stamp)) > WINDOW:
        raise BadSignature("The request was signed more than five minutes before or after it came.")
    given = hook.headers.get("x-slack-signature", "").encode("utf-8", "replace")
    content = b"v0:" + stamp.encode() + b":" + hook.body
    wanted = (b"v0=" + hmac.new(secret, content, sha256).hexdigest().encode() for secret in rules.secrets)
    if not is_one_of(given, wanted):
        raise BadSignature
