"""A look-alike and a channel that talks to it."""

from collections.abc import AsyncIterator

import pytest

from bots.meta_page import MetaPage
from tests.bots.messenger.case import CASE
from tests.bots.meta_page_provider import running
from tests.providers.meta_page import MetaPageLookAlike


@pytest.fixture
async def meta() -> AsyncIterator[MetaPageLookAlike]:
    async with running("page") as provider:
        yield provider.meta


@pytest.fixture
async def channel(meta: MetaPageLookAlike) -> AsyncIterator[MetaPage]:
    opened = CASE.open(base_url=meta.base_url)
    assert isinstance(opened, MetaPage)
    yield opened
    await opened.stop()
