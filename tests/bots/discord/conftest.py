"""A look-alike of Discord and a channel that talks to it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from bots.discord.channel import Discord
from bots.discord.settings import Settings
from tests.bots.discord.hooks import SECRET, SUPPORT, TOKEN
from tests.providers.discord import DiscordLookAlike


class Clock:
    """The clock, which can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
async def discord() -> AsyncIterator[DiscordLookAlike]:
    look_alike = DiscordLookAlike()
    look_alike.state.open_server(SUPPORT)
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
def settings(discord: DiscordLookAlike) -> Settings:
    return Settings(
        token=SecretStr(TOKEN),
        secret_key=SecretStr(SECRET),
        support_channel=SUPPORT,
        public_key=discord.public_key,
        retry_seconds=0.01,
        api_url=discord.api_url,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


Opened = Callable[..., Discord]


class Shelf:
    """A memory that outlives the channel it is lent to, as JSON."""

    def __init__(self) -> None:
        self.written = b"null"

    async def read(self) -> Any:
        return orjson.loads(self.written)

    async def write(self, value: Any) -> None:
        self.written = orjson.dumps(value)


@pytest.fixture
def memory() -> Shelf:
    return Shelf()


@pytest.fixture
async def opened(settings: Settings, clock: Clock, memory: Shelf) -> AsyncIterator[Opened]:
    """Open channels with changed settings; all are stopped at the end."""
    made: list[Discord] = []

    def open_one(**changes: object) -> Discord:
        made.append(Discord(settings.model_copy(update=changes), "discord", clock))
        made[-1].remember_in(memory)
        return made[-1]

    yield open_one
    for one in made:
        await one.stop()


@pytest.fixture
def channel(opened: Opened) -> Discord:
    return opened()
