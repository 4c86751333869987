"""Connections to PostgreSQL between two uses: nobody asks whether they still stand, and none fails for it."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from storage.database import Connection, Database
from storage.turns import in_turn
from tests.databases import _copied, dropped


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    url = await _copied(postgres_url)
    made = Database(url)
    yield made
    await made.close()
    await dropped(url)


async def _raw(connection: Connection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def _number(connection: Connection) -> int:
    """The server's number of a connection."""
    return int((await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one())


async def test_a_connection_that_the_server_closed_is_not_given_out(database: Database) -> None:
    async with database.reading() as first, database.reading() as second:
        ours = await _number(first)
        await second.exec_driver_sql(f"SELECT pg_terminate_backend({ours}, 5000)")
        raw = await _raw(first)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await raw.fetchval("SELECT 1")
    for _ in range(3):
        async with database.writing() as connection:
            assert await _number(connection) != ours


async def test_a_connection_left_in_a_transaction_is_not_given_out(database: Database) -> None:
    async with database.reading() as connection:
        ours = await _number(connection)
        await (await _raw(connection)).execute("BEGIN")
    async with database.reading() as connection:
        assert await _number(connection) != ours


async def test_what_fails_in_its_turn_is_undone_and_leaves_the_turn_to_others(database: Database) -> None:
    fact = "INSERT INTO facts (name, value) VALUES ('x', '1')"

    async def spoiled() -> None:
        async with database.writing() as connection:
            await connection.exec_driver_sql(fact)
            raise ValueError("spoiled")

    with pytest.raises(ValueError, match="spoiled"):
        await spoiled()
    async with database.writing() as connection:
        await connection.exec_driver_sql(fact)
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM facts WHERE name = 'x'")).scalar() == 1


async def test_what_is_asked_in_a_turn_sees_all_that_was_kept_before_it_came(database: Database) -> None:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    one, other = await asyncpg.connect(url), await asyncpg.connect(url)
    async with in_turn(one):
        await one.execute("INSERT INTO facts (name, value) VALUES ('y', '1')")
    async with in_turn(other):
        assert await other.fetchval("SELECT count(*) FROM facts WHERE name = 'y'") == 1
        assert other.is_in_transaction()
    await one.close()
    await other.close()
