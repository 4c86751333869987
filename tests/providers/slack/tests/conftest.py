"""One workspace and the real client for each test."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike


@pytest.fixture
async def slack() -> AsyncIterator[SlackLookAlike]:
    async with SlackLookAlike(limits=False) as slack:
        yield slack


@pytest.fixture
def client(slack: SlackLookAlike) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.url, retry_handlers=[])
