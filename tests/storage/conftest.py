"""Both databases, real ones: SQLite in a file, PostgreSQL from its wheel."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.storage.keeping import Home


@pytest.fixture
async def home(database: Database) -> AsyncIterator[Home]:
    """The database and the keeper that belongs to it."""
    home = Home(database)
    yield home
    await home.keeper.close()
