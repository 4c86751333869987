"""One database, SQLite or PostgreSQL: connections, transactions and the order of writers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event, text
from sqlalchemy import make_url as make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.ids import Ids
from storage.inline_sqlite import connect

Connection = AsyncConnection
StorageError = SQLAlchemyError  # whatever else the database says; StorageFull is told apart
Dialect = Literal["sqlite", "postgresql"]

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -16000",
    "PRAGMA temp_store = MEMORY",
)
READERS = 4


class StorageFull(Exception):
    """The disk is full or not writable; nothing of this transaction was kept."""


class Database:
    """The state of the house, behind one URL.

    `reading` and `writing` are transactions. On SQLite one lock orders this process's writers,
    and a writer takes the database's own lock at once, so that no transaction fails half-way.
    """

    def __init__(self, url: str) -> None:
        """Name the database; `sqlite:///path`, `sqlite://` (memory) or `postgresql://…`."""
        self.url = _with_driver(make_url(url))
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.ids = Ids()
        self.turn = asyncio.Lock()
        self._writer, self._reader = self._engines()

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        if self.dialect == "postgresql":
            engine = create_async_engine(self.url, pool_size=10)
            return engine, engine
        inline = {"async_creator_fn": connect}
        writer = create_async_engine(self.url, pool_size=1, max_overflow=0, connect_args=inline)
        reader = create_async_engine(self.url, pool_size=READERS, max_overflow=0, connect_args=inline)
        for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
            _prepare_sqlite(engine, begin)
        return writer, reader

    async def open(self) -> None:
        """Reach the database; makes the folder of a SQLite file that is not there yet."""
        if self.dialect == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state and changes nothing."""
        async with self._reader.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is kept whole or not at all; raises StorageFull."""
        try:
            if self.dialect == "postgresql":
                async with self._writer.begin() as connection:
                    yield connection
                return
            async with self.turn, self._writer.connect() as connection, connection.begin():
                yield connection
        except OperationalError as error:
            raise translated(error) from error

    async def run_sync(self, work: Any) -> Any:
        """Run a function of a sync connection (Alembic's) inside one writing transaction."""
        async with self.writing() as connection:
            return await connection.run_sync(work)


def _with_driver(url: URL) -> URL:
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = url.get_backend_name()
    if backend not in drivers:
        raise ValueError(f"database {backend!r} is not known; it is sqlite:///… or postgresql://…")
    return url.set(drivername=drivers[backend])


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    """Set what SQLite forgets between connections and take BEGIN out of the driver's hands."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def translated(error: Exception) -> Exception:
    """Make StorageFull of the driver's words for a full or read-only disk; else leave it."""
    words = str(error).lower()
    full = ("disk is full", "disk i/o error", "readonly database", "no space left", "disk full")
    return StorageFull(f"{StorageFull.__doc__} ({error})") if any(w in words for w in full) else error
