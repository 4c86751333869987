"""Rate limits: tiers per method, one post a second per Slack channel, on the look-alike's clock."""

import math
from dataclasses import dataclass, field

from tests.providers.slack.clock import Clock

POST_BURST = 5  # "1/s a channel, short bursts": docs.slack.dev/apis/web-api/rate-limits
WORKSPACE_POSTS = 300  # "several hundred a minute"
OPEN_BURST = 10  # apps.connections.open is tier 1, but ten sockets may be opened


@dataclass(slots=True)
class _Bucket:
    size: float
    left: float
    at: float


@dataclass(slots=True, kw_only=True)
class Limits:
    """Says for each call how many seconds it must wait (0: it may go on)."""

    clock: Clock
    on: bool = True
    scale: float = 1.0
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _blocked: dict[tuple[str, str], float] = field(default_factory=dict)

    def block(self, method: str, seconds: float, channel: str = "") -> None:
        """Refuse this method (in this Slack channel) for so many seconds, limits on or off."""
        self._blocked[method, channel] = self.clock.now() + seconds

    def wait(self, method: str, per_minute: int, channel: str) -> int:
        """Seconds for Retry-After, 0 when the call may go on; counts the call then."""
        now = self.clock.now()
        until = max(self._blocked.get((method, channel), 0), self._blocked.get((method, ""), 0))
        if until > now:
            return math.ceil(until - now)
        if not self.on:
            return 0
        if method == "chat.postMessage":
            buckets = [
                self._bucket(f"post {channel}", POST_BURST, 1.0, now),
                self._bucket("posts", WORKSPACE_POSTS, WORKSPACE_POSTS / 60, now),
            ]
        else:
            burst = OPEN_BURST if method == "apps.connections.open" else per_minute
            buckets = [self._bucket(method, burst, per_minute / 60, now)]
        short = [(1 - bucket.left) / rate for bucket, rate in buckets if bucket.left < 1]
        if short:
            return max(1, math.ceil(max(short)))
        for bucket, _ in buckets:
            bucket.left -= 1
        return 0

    def _bucket(self, name: str, size: float, rate: float, now: float) -> tuple[_Bucket, float]:
        size, rate = size * self.scale, rate * self.scale
        bucket = self._buckets.setdefault(name, _Bucket(size, size, now))
        bucket.left = min(bucket.size, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        return bucket, rate
