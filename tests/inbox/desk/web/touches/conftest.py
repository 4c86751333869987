"""A house whose touches are on, with Tiago signed in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.desk.web.house import House
from tests.inbox.desk.web.touches.town import town_in


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[House]:
    """Open it at a fixed moment."""
    async with town_in(tmp_path) as house:
        yield house
