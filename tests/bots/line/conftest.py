"""A look-alike of LINE and a channel that talks to it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from bots.line.channel import Line
from bots.line.settings import Settings
from tests.bots.line.hooks import NOW, SECRET, TOKEN
from tests.providers.line import LineLookAlike


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
async def line() -> AsyncIterator[LineLookAlike]:
    look_alike = LineLookAlike(secret=SECRET, token=TOKEN)
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(line: LineLookAlike) -> Settings:
    return Settings(
        channel_secret=SecretStr(SECRET),
        access_token=SecretStr(TOKEN),
        api_url=line.base_url,
        data_url=line.base_url,
    )


Opened = Callable[..., Line]


@pytest.fixture
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Opened]:
    """Open channels with changed settings; all are closed at the end."""
    made: list[Line] = []

    def open_one(**changes: object) -> Line:
        made.append(Line(settings.model_copy(update=changes), "line", clock))
        return made[-1]

    yield open_one
    for one in made:
        await one.stop()


@pytest.fixture
def channel(opened: Opened) -> Line:
    return opened()
