"""LINE's signature: HMAC-SHA256 of the raw body with the channel secret, in base64.

Source: https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
"""

from base64 import b64encode
from collections.abc import Sequence
from hmac import digest

from bots.channel import Hook
from bots.comparing import is_one_of
from bots.errors import BadSignature

HEADER = "x-line-signature"


def signed(secret: bytes, body: bytes) -> str:
    """Sign *body* as LINE does."""
    return b64encode(digest(secret, body, "sha256")).decode()


def check(hook: Hook, secrets: Sequence[bytes]) -> None:
    """Raise BadSignature unless one of *secrets* signed the hook; compared in constant time."""
    given = hook.headers.get(HEADER, "").encode("utf-8", "replace")
    if not is_one_of(given, (signed(secret, hook.body).encode() for secret in secrets)):
        raise BadSignature
