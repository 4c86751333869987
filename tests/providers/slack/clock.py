"""The look-alike's clock: it runs with the wall, or stands still until a test moves it."""

import asyncio
import time


class Clock:
    """Seconds since 1970; `advance` moves it on and wakes who sleeps on it."""

    def __init__(self, start: float | None = None) -> None:
        self._frozen = start is not None
        self._at = 0.0 if start is None else start
        self._moved = asyncio.Event()

    def now(self) -> float:
        """The time now, in seconds since 1970."""
        return self._at if self._frozen else time.time() + self._at

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self._at += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, seconds: float) -> None:
        """Return once so many seconds of this clock have passed."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            moved = self._moved.wait()
            if self._frozen:
                await moved
                continue
            try:
                await asyncio.wait_for(moved, left)
            except TimeoutError:
                continue
