"""How fast one visitor, and one place, may look at the chat."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from tests.inbox.chat.house import House, house
from tests.inbox.chat.test_routes import identity


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


@pytest.fixture
async def client(here: House) -> AsyncIterator[ClientSession]:
    async with ClientSession(here.url, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def test_a_visitor_who_loads_the_page_without_end_is_slowed(
    client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.chat.routes.LOOKS_A_MINUTE", 3)
    statuses = []
    for _ in range(4):
        async with client.get("/chat") as answer:
            statuses.append(answer.status)
    assert statuses == [200, 200, 200, 429]


async def test_one_place_has_so_many_open_streams_and_gets_them_back(
    client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.chat.routes.STREAMS_OF_A_PLACE", 2)
    monkeypatch.setattr("inbox.chat.stream.HEARTBEAT", 0.05)  # only what is written finds a page gone
    people = []
    for _ in range(3):
        client.cookie_jar.clear()
        people.append(await identity(client))
    first = await client.get("/chat/live", headers=people[0])
    second = await client.get("/chat/live", headers=people[1])
    assert (first.status, second.status) == (200, 200)
    third = await client.get("/chat/live", headers=people[2])
    assert (third.status, third.headers["Retry-After"]) == (429, "30")
    elsewhere = people[2] | {"X-Forwarded-For": "203.0.113.9"}
    assert (await client.get("/chat/live", headers=elsewhere)).status == 200
    first.close()
    async with asyncio.timeout(20):
        while (await client.get("/chat/live", headers=people[2])).status != 200:
            await asyncio.sleep(0.05)
