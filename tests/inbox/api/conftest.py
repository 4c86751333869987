"""The API over both databases."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from pydantic import SecretStr

from config.settings import Settings
from config.touch_policy import TouchKnobs
from inbox.api.doors import Api
from inbox.nudges import Nudges
from storage.database import Database
from tests.inbox.api.shop import TOKEN, Shop
from tests.inbox.house import Clock


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Shop]:
    """A shop that has the token of a running API."""
    nudged: list[str] = []
    nudges = Nudges()
    nudges.nudge = nudged.append  # type: ignore[method-assign, assignment]
    settings = Settings(
        api_token=SecretStr(TOKEN),
        hook_bytes=100_000,
        touches=TouchKnobs(zone="Europe/Madrid", country="ES"),
    )
    app: Any = SimpleNamespace(
        settings=settings, database=database, channels={}, nudges=nudges, clock=Clock()
    )
    site = Application()
    site.add_routes(Api(app).routes())
    client: TestClient[Request, Application] = TestClient(TestServer(site))
    await client.start_server()
    yield Shop(client=client, database=database, nudged=nudged, app=app)
    await client.close()
