"""How long commits wait for the disk, learned, so that only slow ones go to a thread.

Handing work to a thread and back costs more than a quick disk does; a slow disk must not stall the loop.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

QUICK: Final = 0.003  # seconds; a loop that stands still so long is not noticed, a thread is
WEIGHT: Final = 0.2  # of the newest commit in the running mean

InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


class Disk:
    """The disk under one database, slow until it has shown to be quick."""

    def __init__(self) -> None:
        """Expect the worst."""
        self._mean = 10 * QUICK

    async def commit(self, work: Callable[[], None], in_thread: InThread) -> None:
        """Do *work*, a commit: on the loop where the last ones were quick, else in a thread."""
        if self._mean < QUICK:
            self._timed(work)
        else:
            await in_thread(lambda: self._timed(work))

    def _timed(self, work: Callable[[], None]) -> None:
        began = time.perf_counter()
        work()
        self._mean += WEIGHT * (time.perf_counter() - began - self._mean)
