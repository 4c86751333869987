"""The connections that hooks are kept over, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage import keep_postgres
from storage.batch import Batch
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.keep_together import SETS, writing
from storage.turns import in_turn
from tests.databases import _copied
from tests.storage.keeping import RULES, hook, said


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
        async with pool.acquire() as connection, in_turn(connection):
            await connection.fetchval("SELECT pg_sleep(30)")
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_who_is_cancelled_in_a_transaction_leaves_the_turn_to_others(keeper: PostgresKeeper) -> None:
    pool = await keeper._opened()
    begun = asyncio.Event()

    async def keep() -> None:
        async with pool.acquire() as connection, in_turn(connection):
            begun.set()
            await connection.fetchval("SELECT pg_sleep(30)")

    keeping = asyncio.create_task(keep())
    await begun.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    async with asyncio.timeout(20), pool.acquire() as connection, in_turn(connection):
        with pytest.raises(asyncpg.UndefinedTableError):
            await connection.execute("SELECT 1 FROM nowhere")


async def _asked(keeper: PostgresKeeper, *batches: Batch) -> list[list[str]]:
    """Keep batches; list for each what the server was asked, a round trip each."""
    pool, told = await keeper._opened(), list[str]()
    async with pool.acquire() as connection:
        connection.add_query_logger(lambda query: told.append(query.query))
    found = []
    for batch in batches:
        told.clear()
        await keeper.keep(batch, RULES)
        found.append(list(told))
    return found


async def test_a_batch_of_who_waits_already_is_four_round_trips(keeper: PostgresKeeper) -> None:
    first = Batch(hooks=[hook(1), hook(2)], said=[said(1), said(2, who="telegram:7")])
    again = Batch(hooks=[hook(3), hook(4)], said=[said(2), said(3, who="telegram:7")])
    _, asked = await _asked(keeper, first, again)
    assert len(asked) == 4
    assert asked[0].startswith("BEGIN")
    assert asked[-1] == "COMMIT"


async def test_what_came_before_is_known_without_another_question(keeper: PostgresKeeper) -> None:
    first = Batch(hooks=[hook(1)], said=[said(1), said(2)])
    again = Batch(hooks=[hook(2), hook(3)], said=[said(2), said(3), said(1)])
    _, asked = await _asked(keeper, first, again)
    assert len(asked) == 4


async def test_a_statement_that_writes_for_many_finds_its_rows_by_an_index(keeper: PostgresKeeper) -> None:
    pool = await keeper._opened()
    async with pool.acquire() as connection:
        for name in ("wait_on", "continue_conversations", "freshen_addresses", "move_deliveries"):
            kinds = SETS[name].split()
            values = ", ".join(f"NULL::{kind}[]" for kind in kinds)
            await connection.execute(
                f"PREPARE one ({', '.join(f'{kind}[]' for kind in kinds)}) AS {writing((name,))}"
            )
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE one ({values})"))
            assert "Index Scan" in plan, plan
            assert "Seq Scan" not in plan, plan
            await connection.execute("DEALLOCATE one")
