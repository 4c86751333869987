"""One look-alike and one channel that talks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bots.telegram.channel import Telegram
from bots.telegram.settings import Settings
from tests.bots.telegram.waiting import Kept
from tests.providers.telegram import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running
        assert running.state.strange == [], "the channel sends what Telegram does not know"


@asynccontextmanager
async def channel_at(url: str, **more: Any) -> AsyncIterator[Telegram]:
    given = {"token": "42:LOOKALIKE", "api_url": url, "retry_seconds": 0.01, "answer_seconds": 5.0}
    channel = Telegram(Settings.model_validate(given | more), "telegram")
    try:
        yield channel
    finally:
        await channel.stop()


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[Telegram]:
    async with channel_at(server.url) as opened:
        yield opened


@pytest.fixture
def kept(channel: Telegram) -> Kept:
    return Kept(channel)


@pytest.fixture
def known(server: TelegramServer) -> None:
    server.state.chat(7)
