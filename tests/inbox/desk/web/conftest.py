"""A house for each test of the desk's pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.desk.web.house import House, house_in


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house at a fixed moment, nobody signed in."""
    async with house_in(tmp_path) as opened:
        yield opened


@pytest.fixture
async def desk(house: House) -> House:
    """Open a house with Tiago signed in."""
    await house.sign_in()
    return house
