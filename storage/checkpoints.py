"""Bringing SQLite's log back into its file beside the writers, not in front of them.

SQLite's own way is that every so often a commit copies the log and waits for the disk: whoever stands
behind that commit waits for hundreds of milliseconds. Here most of the log is copied by a connection of
its own while writing goes on; then, with the writers' turn held, only what came meanwhile, so that
the log begins anew and never grows without end.
"""

import asyncio
import logging
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

EVERY: Final = 100  # commits between two copyings
EVERY_IN_BULK: Final = 6  # of those that write tens of thousands of rows each

log = logging.getLogger(__name__)


class Checkpoints:
    """Copies the log of one database file."""

    def __init__(self, path: str) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path
        self.every = EVERY
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._connection: sqlite3.Connection | None = None
        self._copying: asyncio.Future[None] | None = None
        self._commits = 0

    async def after_commit(self) -> None:
        """Begin to copy a log that has grown, or finish; the caller holds the writers' turn."""
        if self._copying is not None:
            if self._copying.done():
                self._copying = None
                await self._in_thread()
            return
        self._commits += 1
        if self._commits >= self.every:
            self._commits = 0
            self._copying = self._in_thread()

    async def to_disk(self) -> None:
        """Wait until every commit so far is on the disk, also those that did not wait for it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._sync)

    def _sync(self) -> None:
        """Make the system write the log; opened anew, for the log's file has no locks to lose by it."""
        with suppress(FileNotFoundError), Path(f"{self._path}-wal").open("rb") as written:
            os.fsync(written.fileno())

    async def close(self) -> None:
        """Let what is being copied be copied, and close."""
        if self._copying is not None:
            await asyncio.wait([self._copying])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown()

    def _in_thread(self) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().run_in_executor(self._thread, self._copy)

    def _copy(self) -> None:
        """Copy what can be copied; what cannot stays in the log, where it is as safe."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None)
                self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            log.warning("the database's log was not copied into its file: %s", error)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
