"""A house for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.house import House, make_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house without Slack."""
    made = await make_house(f"sqlite:///{tmp_path / 'tidings.db'}")
    yield made
    await made.accept.close()
    await made.database.close()


@pytest.fixture
async def slack_house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose agents answer in Slack too."""
    made = await make_house(f"sqlite:///{tmp_path / 'tidings.db'}", slack=True)
    yield made
    await made.accept.close()
    await made.database.close()
