"""The loop that reads what was kept for the search: a page at a time, behind what accept does."""

import asyncio
from typing import Final

import structlog

from inbox.leisure import Leisure
from inbox.nudges import Nudges
from storage import indexing
from storage.database import Database, Unavailable

EVERY: Final = 1.0  # seconds between two looks while hooks come
IDLE: Final = 5.0  # seconds at most until the next, for what did not come by a hook
PAGE: Final = 50  # in one transaction: hooks that come in wait behind it
LEAST: Final = 0.03  # seconds between two pages

log = structlog.get_logger()


class Searching:
    """Lets the search know what was said, a second or two later; whatever was missed is read next time."""

    def __init__(self, *, database: Database, nudges: Nudges) -> None:
        """Read from *database*."""
        self._database = database
        self._nudges = nudges
        self._leisure = Leisure(database.rush)
        self._stopping = False

    async def run(self) -> None:
        """Look every second while hooks come, else every five, until `stop`."""
        while not self._stopping:
            began, seen = self._leisure.begin(), self._database.rush.hooks
            try:
                more = await self.turn()
            except Unavailable:
                more = False
            except Exception:
                log.exception("searching failed")
                more = False
            if more:
                await asyncio.sleep(max(LEAST, self._leisure.after(began)))
            else:
                await self._rest(seen)

    async def _rest(self, seen: int) -> None:
        """Wait until more than *seen* hooks have come, or long enough: a look costs a dozen questions."""
        waited = 0.0
        while waited < IDLE and not self._stopping:
            nudged = await self._nudges.wait("searching", EVERY)
            waited += EVERY
            if nudged or self._database.rush.hooks != seen:
                return

    async def stop(self) -> None:
        """Finish the page that is under way."""
        self._stopping = True
        self._nudges.nudge("searching")

    async def turn(self) -> bool:
        """Read one page; says whether there may be more. Only who has something to write takes the turn."""
        async with self._database.reading() as connection:
            found = await indexing.due(connection, PAGE)
        if found is None:
            return False
        async with self._database.writing() as connection:
            await indexing.read(connection, found)
        return True
