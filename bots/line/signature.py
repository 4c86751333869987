"""LINE's signature: HMAC-SHA256 of the raw body with the channel secret, in base64.

Source: https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
"""

from base64 import b64encode
from collections.abc import Sequence
from hmac import compare_digest, digest

from bots.channel import Hook
from bots.errors import BadSignature

HEADER = "x-line-signature"


def signed(secret: bytes, body: bytes) -> str:
    """Sign *body* as LINE does."""
    return b64encode(digest(secret, body, "sha256")).decode()


def check(hook: Hook, secrets: Sequence[bytes]) -> None:
    """Raise BadSignature unless one of *secrets* signed the hook; compared in constant time."""
    given = hook.headers.get(HEADER, "").encode("utf-8", "replace")
    for secret in secrets:
        if compare_digest(signed(secret, hook.body).encode(), given):
            return
    raise BadSignature
