"""A bureau for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    """A bureau over Socket Mode, without waits and without limits."""
    async with bureau(tmp_path) as made:
        yield made
