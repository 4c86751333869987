"""One database, SQLite or PostgreSQL: connections, transactions and the order of writers."""

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from socket import gaierror
from typing import Any, Literal

from sqlalchemy import event, func, select, text
from sqlalchemy import make_url as make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.checkpoints import EVERY, EVERY_IN_BULK, Checkpoints
from storage.disk import Disk
from storage.ids import Ids
from storage.inline_sqlite import WAITS, connecting
from storage.leases import Lease
from storage.rush import Rush
from storage.tables import deliveries, happenings, hooks, messages

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
    "PRAGMA wal_autocheckpoint = 0",  # `storage.checkpoints` does it beside the writers
)
IN_BULK = ("PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -64000")
WRITERS_BUSY = "PRAGMA busy_timeout = 0"  # a writer waits in a thread: `inline_sqlite.begin_writing`
READERS = 4
DISCREET: Mapping[str, Any] = {"hide_parameters": True}  # errors are logged; what customers wrote is not


class Unavailable(Exception):
    """The database cannot be reached or is locked; nothing of this transaction was kept."""


class StorageFull(Unavailable):
    """The disk is full or not writable; nothing of this transaction was kept."""


class Database:
    """The state of the house, behind one URL.

    `reading` and `writing` are transactions, and writers take turns: on SQLite one lock orders those
    of this process and a writer takes the database's own lock at once, so that no transaction fails
    half-way; on PostgreSQL a lock of the database's orders all.
    """

    def __init__(self, url: str) -> None:
        """Name the database; `sqlite:///path` or `postgresql://…`."""
        self.url = _with_driver(make_url(url))
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.ids = Ids()
        self.turn = asyncio.Lock()
        self.disk = Disk()
        self.checkpoints = Checkpoints(self.url.database or "")
        self.rush = Rush()
        self.lease: Lease | None = None
        self._errors = _errors(self.dialect)
        self._writer, self._reader = self._engines()

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        if self.dialect == "postgresql":
            engine = create_async_engine(self.url, pool_size=10, isolation_level="AUTOCOMMIT", **DISCREET)
            _prepare_postgres(engine)
            return engine, engine
        inline: dict[str, Any] = {
            "max_overflow": 0,
            "connect_args": {"async_creator_fn": connecting(self.disk)},
            **DISCREET,
        }
        writer = create_async_engine(self.url, pool_size=1, **inline)
        reader = create_async_engine(self.url, pool_size=READERS, **inline)
        for engine, begin in ((writer, WAITS), (reader, "BEGIN")):
            _prepare_sqlite(engine, begin)
        return writer, reader

    def under(self, lease: Lease) -> "Database":
        """Give the same database to the owner of *lease*: its `writing` raises Stale once another owns it."""
        ours = copy.copy(self)
        ours.lease = lease
        return ours

    async def open(self) -> None:
        """Reach the database; makes the folder of a SQLite file that is not there yet."""
        if self.dialect == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        if self.dialect == "sqlite":
            await self.checkpoints.close()
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Ask without changing anything; raises StorageFull or Unavailable.

        On SQLite all questions see one state, on PostgreSQL each sees that of its moment.
        """
        with _told_apart(self._errors):
            async with self._reader.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is kept whole or not at all; raises StorageFull, Unavailable or Stale."""
        with _told_apart(self._errors):
            if self.dialect == "postgresql":
                async with self._writer.begin() as connection, _in_turn(connection, self.lease):
                    yield connection
                return
            async with self.turn:
                async with self._writer.connect() as connection, connection.begin():
                    yield connection
                await self.checkpoints.after_commit()

    @asynccontextmanager
    async def in_bulk(self) -> AsyncIterator[None]:
        """Write very much by `writing`, for a process that does nothing else.

        On SQLite commits do not wait for the disk meanwhile: a power cut may undo the last of them, yet
        never half of one, so what is written is to be such that it can be written again. All is on the
        disk when this ends.
        """
        if self.dialect == "postgresql":
            yield
            return
        await self._writer_is(IN_BULK)
        self.checkpoints.every = EVERY_IN_BULK
        try:
            yield
        finally:
            self.checkpoints.every = EVERY
            await self._writer_is(SQLITE_PRAGMAS)
            await self.checkpoints.to_disk()

    async def _writer_is(self, pragmas: Sequence[str]) -> None:
        async with self.turn, self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            for pragma in pragmas:
                raw.driver_connection.raw.execute(pragma)

    async def go_on(self) -> None:
        """Make new keys after those of the rows, whatever the clock says now."""
        async with self.reading() as connection:
            for table in (hooks, messages, deliveries, happenings):
                last = (await connection.execute(select(func.max(table.c.id)))).scalar_one_or_none()
                self.ids.after(last or 0)

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


def _prepare_postgres(engine: AsyncEngine) -> None:
    """Give out no connection that the server has closed, or that was left in a transaction.

    Both are known here; to ask the server each time would be three round trips.
    """

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(connection: Any, _record: object, _proxy: object) -> None:
        raw = connection.driver_connection
        if raw.is_closed() or raw.is_in_transaction():
            raise DisconnectionError


@asynccontextmanager
async def _in_turn(connection: AsyncConnection, lease: Lease | None) -> AsyncIterator[None]:
    """Have the writers' turn on PostgreSQL, and while the transaction lasts *lease*; raises Stale."""
    from storage.turns import in_turn, standing  # asyncpg is loaded where it is used

    raw = (await connection.get_raw_connection()).driver_connection
    async with in_turn(raw):
        if lease is not None:
            await standing(raw, lease)
        yield


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    """Set what SQLite forgets between connections and take BEGIN out of the driver's hands."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *([WRITERS_BUSY] if begin == WAITS else [])):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _errors(dialect: Dialect) -> tuple[type[Exception], ...]:
    """List what a database raises, through SQLAlchemy or past it."""
    usual = (DBAPIError, PoolTimeout, ConnectionError, TimeoutError, gaierror)
    if dialect == "sqlite":
        return usual
    from storage.turns import ERRORS  # asyncpg is loaded where it is used

    return (*usual, *ERRORS)


@contextmanager
def _told_apart(errors: tuple[type[Exception], ...]) -> Iterator[None]:
    """Tell a full disk and a database that is away from what else is among *errors*."""
    try:
        yield
    except errors as error:
        if (known := translated(error)) is not None:
            raise known from error
        raise


FULL = ("disk is full", "disk i/o error", "readonly database", "no space left", "disk full")
AWAY = (
    "database is locked",
    "unable to open database",
    "connection refused",
    "connection was closed",
    "connection is closed",
    "is starting up",
    "is shutting down",
    "in recovery mode",
    "not yet accepting connections",
    "read-only transaction",  # it became another's standby
    "remaining connection slots",
    "another operation",  # the server ended in the middle of it
    "cached statement plan is invalid",  # a step of a newer release ran beside us
    "canceling statement due to",
    "could not serialize access",
    "out of shared memory",
    "pool is clos",
    "queuepool limit",
    "terminating connection",
    "too many clients",
    "deadlock detected",
)


def translated(error: Exception) -> Unavailable | None:
    """Tell a full disk and a database that is away, for now, by the driver's words; else None."""
    words = str(error).partition("\n")[0].lower()  # what follows may repeat what a customer wrote
    if any(one in words for one in FULL):
        return StorageFull()
    if isinstance(error, OSError) or any(one in words for one in AWAY):
        return Unavailable()
    return None
