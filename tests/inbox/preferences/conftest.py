"""A house and a guest for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.desk.web.house import House, house_in
from tests.inbox.preferences.house import Guest, guest


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house at a fixed moment."""
    async with house_in(tmp_path, business="Casa Oliva") as opened:
        yield opened


@pytest.fixture
async def marta(house: House) -> Guest:
    """Marta, who writes by text and on Telegram."""
    return await guest(house)
