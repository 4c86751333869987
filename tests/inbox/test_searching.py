"""The loop that reads for the search lets others write between its pages and never stops by a fault."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from inbox import searching as loop
from inbox.nudges import Nudges
from inbox.searching import Searching
from storage import found_people, indexing
from storage.database import Database, Unavailable
from storage.tables import customers
from tests.databases import database as database
from tests.databases import postgres_url as postgres_url

NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def _come(database: Database, *names: str) -> None:
    async with database.writing() as connection:
        for name in names:
            row = {"id": database.ids.next(), "name": name, "created_at": NOW}
            await connection.execute(insert(customers).values(**row))


async def test_a_page_a_turn_until_all_is_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PAGE", 2)
    await _come(database, "Ana", "Berta", "Carla")
    searching = Searching(database=database, nudges=Nudges())
    assert [await searching.turn() for _ in range(3)] == [True, True, False]
    async with database.reading() as connection:
        assert await indexing.due(connection, 10) is None
        assert [one.name for one in await found_people.people(connection, "carla")] == ["Carla"]


async def test_a_database_that_is_away_for_a_moment_is_asked_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _come(database, "Ana")
    searching, tried, real = Searching(database=database, nudges=Nudges()), asyncio.Event(), indexing.read
    read = asyncio.Event()

    async def first_away(*given: Any) -> int:
        if not tried.is_set():
            tried.set()
            raise Unavailable
        found = await real(*given)
        read.set()
        return found

    monkeypatch.setattr(indexing, "read", first_away)
    monkeypatch.setattr(loop, "EVERY", 0.01)
    running = asyncio.create_task(searching.run())
    await asyncio.wait_for(read.wait(), 10)
    await searching.stop()
    await running
