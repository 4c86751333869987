"""SQLite for SQLAlchemy's async engine without a thread hop a statement.

aiosqlite sends each of a statement's four steps (cursor, execute, fetch, close) to a thread and back,
which costs many times what SQLite itself needs. Here statements run on the loop, where they take
microseconds from the page cache; only what waits for the disk or for another process's lock goes to a
thread: the COMMIT of a writer over a slow disk, and BEGIN IMMEDIATE where another process is writing.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from storage.disk import Disk, InThread

T = TypeVar("T")
WAITS = "BEGIN IMMEDIATE"
PATIENCE_MS = 5_000


async def begin_writing(connection: sqlite3.Connection, in_thread: InThread) -> None:
    """Take the file's write lock: at once where nobody else has it, else by waiting in a thread."""
    try:
        connection.execute(WAITS)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            await in_thread(lambda: connection.execute(WAITS))
        finally:
            connection.execute("PRAGMA busy_timeout = 0")


async def finished(work: "asyncio.Future[T]") -> T:
    """Wait for what a thread does to the end, also when cancelled: only then is the connection free.

    A connection that is closed or rolled back under a thread that uses it takes the process with it.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # heard, though nobody is told
        raise


class InlineCursor:
    """A cursor whose coroutines have done their work when they are awaited."""

    def __init__(self, connection: "InlineConnection") -> None:
        """Make the cursor."""
        self._connection = connection
        self._cursor: sqlite3.Cursor = connection.raw.cursor()

    async def __aenter__(self) -> "InlineCursor":
        """Begin to use it."""
        return self

    @property
    def description(self) -> Any:
        """What the columns of the last answer are."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> Any:
        """The row id of the last insert."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> "InlineCursor":
        """Run a statement."""
        if statement == WAITS:
            await begin_writing(self._connection.raw, self._connection.in_thread)
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Any) -> "InlineCursor":
        """Run a statement for many rows."""
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """Give all rows."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Close the cursor."""
        self._cursor.close()


class InlineConnection:
    """A connection that looks to SQLAlchemy like aiosqlite's."""

    def __init__(self, path: str, disk: Disk, **options: Any) -> None:
        """Open the file; transactions are SQLAlchemy's to begin."""
        self._disk = disk
        self.raw: sqlite3.Connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, **options
        )
        self._thread: ThreadPoolExecutor | None = None
        self._changes = 0

    @property
    def _connection(self) -> sqlite3.Connection:
        """What SQLAlchemy asks to learn whether the connection is open."""
        return self.raw

    def cursor(self) -> InlineCursor:
        """Make a cursor."""
        return InlineCursor(self)

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """Give SQL a function of Python."""
        self.raw.create_function(*arguments, **options)

    async def commit(self) -> None:
        """Keep what was written; a slow disk is waited for in a thread."""
        if self.raw.total_changes == self._changes:
            self.raw.commit()
        else:
            await self._disk.commit(self.raw.commit, self.in_thread)
        self._changes = self.raw.total_changes

    async def rollback(self) -> None:
        """Forget what was written."""
        self.raw.rollback()

    async def close(self) -> None:
        """Close, rolling back what is open."""
        self.stop()

    def stop(self) -> None:
        """Close at once."""
        self.raw.close()
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what waits, in the one thread of this connection."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "sqlite")
        return await finished(asyncio.get_running_loop().run_in_executor(self._thread, work))


def connecting(disk: Disk) -> Callable[..., Awaitable[InlineConnection]]:
    """Make what SQLAlchemy asks for as `async_creator_fn`: it opens connections over one *disk*."""

    async def connect(path: str, **options: Any) -> InlineConnection:
        options.pop("check_same_thread", None)
        return InlineConnection(path, disk, **options)

    return connect
