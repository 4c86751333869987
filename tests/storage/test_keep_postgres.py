"""The connections that hooks are kept over, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage import keep_postgres
from storage.database import Database
from storage.keep_postgres import PostgresKeeper, _in_turn
from tests.databases import _copied


@pytest.fixture
async def keeper(postgres_url: str) -> AsyncIterator[PostgresKeeper]:
    database = Database(await _copied(postgres_url))
    made = PostgresKeeper(database)
    yield made
    await made.close()
    await database.close()


async def test_those_who_keep_first_at_one_moment_open_one_pool(keeper: PostgresKeeper) -> None:
    first, second = await asyncio.gather(keeper._opened(), keeper._opened())
    assert first is second


async def test_a_server_that_falls_silent_is_given_up(
    keeper: PostgresKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_postgres, "SILENT", 0.2)
    pool = await keeper._opened()
    with pytest.raises(TimeoutError):
        async with pool.acquire() as connection, _in_turn(connection):
            await connection.fetchval("SELECT pg_sleep(30)")
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_who_is_cancelled_in_a_transaction_leaves_the_turn_to_others(keeper: PostgresKeeper) -> None:
    pool = await keeper._opened()
    begun = asyncio.Event()

    async def keep() -> None:
        async with pool.acquire() as connection, _in_turn(connection):
            begun.set()
            await connection.fetchval("SELECT pg_sleep(30)")

    keeping = asyncio.create_task(keep())
    await begun.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    async with asyncio.timeout(20), pool.acquire() as connection, _in_turn(connection):
        with pytest.raises(asyncpg.UndefinedTableError):
            await connection.execute("SELECT 1 FROM nowhere")
