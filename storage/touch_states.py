"""The life of a touch, as data."""

from datetime import timedelta
from typing import Final

PLANNED: Final = "planned"
CLAIMED: Final = "claimed"
HANDED_OFF: Final = "handed_off"
SENT: Final = "sent"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"
HELD: Final = "held"
DEFERRED: Final = "deferred"
EXPIRED: Final = "expired"
CANCELLED: Final = "cancelled"
CONTROL: Final = "control"
SUPPRESSED: Final = "suppressed"

WAITING: Final = (PLANNED, DEFERRED, HELD)
OUT: Final = (HANDED_OFF, UNKNOWN)
ENDS: Final = (SENT, FAILED, EXPIRED, CANCELLED, CONTROL, SUPPRESSED)

BY_TOUCH: Final = "touch"
"""Why a conversation is resolved that nobody opened: a reply to the touch goes on with it."""
ANSWERED_WITHIN: Final = timedelta(days=30)

MOVED: Final = "anchor_moved"
"""The reason of a touch that was called off because its day moved; planning may begin it anew."""
