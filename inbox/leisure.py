"""Resting between pages of work that can wait, so that hooks do not pay for it."""

import time
from collections.abc import Callable
from typing import Final

from storage.rush import Rush

LONG: Final = 60.0  # times as long as a page took, in a rush
SHORT: Final = 4.0  # the same while no hooks come
RUSH: Final = 2_000.0  # hooks a second


class Leisure:
    """How long to rest after a page, by how many hooks came since the last.

    In a rush next to nothing is taken from them, and what piles up is worked off as soon as there is time.
    """

    def __init__(self, rush: Rush, seconds: Callable[[], float] = time.perf_counter) -> None:
        """Look at the *rush* of this process."""
        self._rush = rush
        self._seconds = seconds
        self._then, self._hooks = seconds(), rush.hooks

    def begin(self) -> float:
        """Say when a page begins, for `after`."""
        return self._seconds()

    def after(self, began: float) -> float:
        """Say how many seconds to rest after a page that *began* then and is done now."""
        now, hooks = self._seconds(), self._rush.hooks
        rate = (hooks - self._hooks) / max(now - self._then, 1e-6)
        self._then, self._hooks = now, hooks
        return (now - began) * (SHORT + (LONG - SHORT) * min(rate / RUSH, 1.0) ** 2)
