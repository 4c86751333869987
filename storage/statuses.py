"""The life of a delivery and of the message it belongs to, as data."""

from typing import Final

# A delivery: queued behind another of its conversation, ready at the head, sending while the
# provider is asked, asking while a lost answer is looked up; then one of the ends.
QUEUED: Final = "queued"
READY: Final = "ready"
SENDING: Final = "sending"
ASKING: Final = "asking"
PERHAPS: Final = "perhaps"
SENT: Final = "sent"
DELIVERED: Final = "delivered"
READ: Final = "read"
FAILED: Final = "failed"
DROPPED: Final = "dropped"

OPEN: Final = (QUEUED, READY, SENDING, ASKING)

# Receipts only move a status forward: a later rank wins, an earlier or equal one is ignored.
RANK: Final = {
    QUEUED: 0,
    READY: 0,
    SENDING: 1,
    ASKING: 1,
    PERHAPS: 2,
    DROPPED: 2,
    SENT: 3,
    FAILED: 4,
    DELIVERED: 5,
    READ: 6,
}


def moves(before: str, after: str) -> bool:
    """Whether a status may go from *before* to *after*."""
    return RANK[after] > RANK[before]


def of_parts(parts: list[str]) -> str:
    """Say what became of a message from what became of its parts: the worst, then the least."""
    for worst in (FAILED, PERHAPS, DROPPED):
        if worst in parts:
            return worst
    return min(parts, key=RANK.__getitem__)
