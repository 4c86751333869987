"""The loop that keeps the house small: what goes by age leaves a page at a time, if it is to go at all."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from config.retention import RetentionKnobs, soonest
from inbox.media import MediaStore
from inbox.nudges import Nudges
from storage import audit, erasing, hooks, join_asks, retention
from storage.database import Database

EVERY: Final = 3600.0
PAGE: Final = 100  # in one transaction: hooks that come in wait behind it
TALKS: Final = 20  # conversations in one transaction, with all that was said in them
STRANGERS: Final = 31  # days: longer than an address is remembered that got codes in vain
REST: Final = 0.1  # seconds between two pages

FOR_EVER: Final = RetentionKnobs()

log = structlog.get_logger()


class Housekeeping:
    """Takes old rows out, a page at a time, so that nobody waits for it."""

    def __init__(
        self,
        *,
        database: Database,
        nudges: Nudges,
        days: int,
        clock: Callable[[], datetime],
        retention: RetentionKnobs = FOR_EVER,
        media: MediaStore | None = None,
    ) -> None:
        """Keep the journal for so many *days*, the rest as *retention* says; 0 keeps it for ever.

        The journal has the words as they came: it keeps them no longer than they are kept elsewhere.
        """
        self._database = database
        self._nudges = nudges
        self._days = soonest(days, retention.messages_days)
        self._clock = clock
        self._retention = retention
        self._media = media
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
        """Take one page of each kind out; says whether there may be more."""
        more = [
            await self._journal(),
            await self._words(),
            await self._files(),
            await self._audit(),
            await self._strangers(),
        ]
        return any(more)

    async def _journal(self) -> bool:
        if not self._days:
            return False
        async with self._database.writing() as connection:
            gone = await hooks.forget(connection, self._before(self._days), PAGE)
        return gone == PAGE

    async def _words(self) -> bool:
        if not (days := self._retention.messages_days):
            return False
        async with self._database.writing() as connection:
            page = await retention.old(connection, "words", self._before(days), TALKS)
            if page is None:
                return False
            await retention.forget_words(connection, page.keys, self._clock())
            await retention.reached(connection, "words", page)
        return len(page.keys) == TALKS

    async def _files(self) -> bool:
        """Discard the files first: what is killed in between is done again, and nothing is left behind."""
        if not (days := self._retention.files_days) or self._media is None:
            return False
        async with self._database.reading() as connection:
            page = await retention.old(connection, "files", self._before(days), TALKS)
            paths = await retention.files(connection, page.keys) if page is not None else []
        if page is None:
            return False
        for path in paths:
            await self._media.discard(path)
        async with self._database.writing() as connection:
            await retention.forget_files(connection, page.keys)
            await retention.reached(connection, "files", page)
        return len(page.keys) == TALKS

    async def _audit(self) -> bool:
        if not (days := self._retention.audit_days):
            return False
        async with self._database.writing() as connection:
            return await audit.forget(connection, self._before(days), PAGE) == PAGE

    async def _strangers(self) -> bool:
        """Forget whose address somebody typed at /join, and of whom nothing came in a month."""
        until = self._before(STRANGERS)
        since = until - timedelta(days=STRANGERS)
        async with self._database.reading() as connection:
            if not await join_asks.strangers(connection, since, until, TALKS):
                return False
        async with self._database.writing() as connection:
            page = await join_asks.strangers(connection, since, until, TALKS)
            for one in page:
                await erasing.erase(connection, self._database.ids, [one], self._clock())
        return len(page) == TALKS

    def _before(self, days: int) -> datetime:
        return self._clock() - timedelta(days=days)
