"""What is asked of a provider again and again, beside everything else: the approved templates."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bots.errors import ChannelError

LONGEST_WAIT: Final = 600.0
"""Seconds between two tries after failures."""
MOST_DOUBLED: Final = 10

log = logging.getLogger(__name__)


class Learning:
    """Asks by *learn* at once and every so many seconds, from `start` to `stop`; *what* names it for people.

    After a failure it asks again *retry* seconds later, then after twice as many, and says so in the log.
    """

    def __init__(
        self, learn: Callable[[], Awaitable[None]], *, what: str, every: float, retry: float
    ) -> None:
        """Keep how to ask; *every* and *retry* are in seconds."""
        self._learn = learn
        self._what = what
        self._every = every
        self._retry = retry
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, once."""
        if self._task is None:
            self._task = asyncio.create_task(self._go_on(), name=self._what)

    async def stop(self) -> None:
        """End, whatever it is at."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _go_on(self) -> None:
        failed = 0
        while True:
            try:
                await self._learn()
                failed, wait = 0, self._every
            except Exception as error:  # noqa: BLE001 - the loop's own: what was learnt before still holds
                wait = min(self._retry * 2**failed, LONGEST_WAIT)
                failed = min(failed + 1, MOST_DOUBLED)
                reason = error.reason if isinstance(error, ChannelError) else type(error).__name__
                log.warning("%s did not come: %s", self._what, reason)
            await asyncio.sleep(wait)
