"""A world for each test, on both databases."""

import pytest

from storage.database import Database
from tests.inbox.touches.world import World, world_of


@pytest.fixture
async def world(database: Database) -> World:
    """A world over an empty database."""
    return world_of(database)
