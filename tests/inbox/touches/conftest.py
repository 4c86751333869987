"""A world for each test, on both databases."""

import pytest

from storage.database import Database
from tests.inbox.touches.world import World, world_of
from tests.storage.conftest import database, postgres_url

__all__ = ["database", "postgres_url"]


@pytest.fixture
async def world(database: Database) -> World:
    """A world over an empty database."""
    return world_of(database)
