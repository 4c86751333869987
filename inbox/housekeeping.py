"""The loop that keeps the house small: hooks that were applied long ago leave the journal."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from inbox.nudges import Nudges
from storage import hooks
from storage.database import Database

EVERY: Final = 3600.0
PAGE: Final = 100  # in one transaction: hooks that come in wait behind it
REST: Final = 0.1  # seconds between two pages

log = structlog.get_logger()


class Housekeeping:
    """Takes old rows out, a page at a time, so that nobody waits for it."""

    def __init__(
        self, *, database: Database, nudges: Nudges, days: int, clock: Callable[[], datetime]
    ) -> None:
        """Keep the journal for so many *days*; 0 keeps it for ever."""
        self._database = database
        self._nudges = nudges
        self._days = days
        self._clock = clock
        self._stopping = False

    async def run(self) -> None:
        """Look once an hour until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("housekeeping failed")
                more = False
            if more:
                await asyncio.sleep(REST)
            else:
                await self._nudges.wait("housekeeping", EVERY)

    async def stop(self) -> None:
        """Finish the page that is under way."""
        self._stopping = True
        self._nudges.nudge("housekeeping")

    async def turn(self) -> bool:
        """Take one page out; says whether there may be more."""
        if not self._days:
            return False
        async with self._database.writing() as connection:
            gone = await hooks.forget(connection, self._clock() - timedelta(days=self._days), PAGE)
        return gone == PAGE
