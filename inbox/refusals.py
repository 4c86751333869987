"""What the door for providers refused, told in the log at most once a minute for each place."""

import time
from collections.abc import Callable
from typing import Final

import structlog

EVERY: Final = 60.0
MOST_REMEMBERED: Final = 1_000

log = structlog.get_logger()


class Refusals:
    """Counts what strangers send, so that a flood of it is a line a minute and not a full disk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing refused; *clock* counts seconds."""
        self._clock = clock
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def refused(self, channel: str, place: str, why: str) -> None:
        """Count one, and say so unless that place was named less than a minute ago."""
        now, key = self._clock(), (channel, place)
        told_at, before = self._told.get(key, (now - EVERY, 0))
        if now - told_at < EVERY:
            self._told[key] = (told_at, before + 1)
            return
        if len(self._told) >= MOST_REMEMBERED:
            self._told = {each: kept for each, kept in self._told.items() if now - kept[0] < EVERY}
        if len(self._told) >= MOST_REMEMBERED:
            return  # so many places at once: the counters tell
        self._told[key] = (now, 0)
        log.warning("hooks refused", channel=channel, place=place, why=why, untold_before=before)
