"""What may be kept of an address that was erased: a keyed hash, the same for every app of a number."""

import hashlib
import hmac

from routing.consent import phone


def mark(address: str, secret: str) -> str:
    """Hash an address so that only who has *secret* can tell whether it is the one; hex HMAC-SHA256."""
    said = phone(address) or address
    return hmac.new(secret.encode(), b"suppressed " + said.encode(), hashlib.sha256).hexdigest()


def mark_of_ref(ref: str, secret: str) -> str:
    """Hash the shop's own number for a customer, for lists that name people by it."""
    return mark(f"ref:{ref}", secret)
