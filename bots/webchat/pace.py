"""How fast one visitor may speak: a leaky bucket each, filled by events, drained by time."""

from datetime import datetime

from bots.errors import Throttled

BURST = 300
A_MINUTE = 300
MOST_REMEMBERED = 10_000


class Pace:
    """Counts each visitor's events; time is the hooks' own, so that reading needs no clock."""

    def __init__(self) -> None:
        """Begin with empty buckets."""
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def count(self, visitor: str, events: int, at: datetime) -> None:
        """Add *events* that came *at*; raises Throttled when the visitor's bucket is full."""
        level, since = self._buckets.pop(visitor, (0.0, at))
        drained = max((at - since).total_seconds(), 0.0) * A_MINUTE / 60
        level = max(level - drained, 0.0)
        if level + events > BURST:
            self._buckets[visitor] = (level, max(at, since))
            wait = (level + events - BURST) * 60 / A_MINUTE
            raise Throttled("this visitor sends too much at once", retry_after=wait)
        if len(self._buckets) >= MOST_REMEMBERED:
            del self._buckets[next(iter(self._buckets))]  # who spoke longest ago
        self._buckets[visitor] = (level + events, max(at, since))
