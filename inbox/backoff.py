"""When to try again: doubling with full jitter, never sooner than the provider asked."""

import random
from datetime import timedelta
from typing import Final

FIRST: Final = 1.0
LONGEST: Final = 600.0
GIVE_UP_AFTER: Final = timedelta(hours=24)


def pause(tries: int, retry_after: float | None = None) -> timedelta:
    """Say how long to wait after so many *tries*; *retry_after* is the provider's wish in seconds."""
    ceiling = min(FIRST * 2 ** min(tries, 20), LONGEST)
    seconds = random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=max(seconds, (retry_after or 0) + random.uniform(0, 0.5)))  # noqa: S311
