"""The steps, run from nothing, make the tables of today."""

import asyncio
from pathlib import Path

import asyncpg

from storage import customers, migrate
from storage.database import Database


async def test_upgrading_from_nothing_makes_the_tables_of_today(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(migrate.differences) == []


async def test_a_missing_column_is_a_difference(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE customers DROP COLUMN zone")
    async with database.reading() as connection:
        assert await connection.run_sync(migrate.differences) != []


async def test_upgrading_again_changes_nothing(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("INSERT INTO facts (name, value) VALUES ('here', '1')")
    await migrate.upgrade(database)
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM facts")).scalar_one() == 1


async def test_a_house_of_the_first_release_keeps_what_it_has(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'old.db'}")
    await opened.open()
    await migrate.upgrade(opened, "0001")
    async with opened.writing() as connection:
        await connection.exec_driver_sql("INSERT INTO customers (id, name, created_at) VALUES (1, 'Ana', 5)")
        await connection.exec_driver_sql(
            "INSERT INTO addresses (id, customer_id, address, channel, created_at) "
            "VALUES (2, 1, 'tel:+34600123456', 'sms', 5)"
        )
    await migrate.upgrade(opened)
    async with opened.reading() as connection:
        row = await customers.one(connection, 1)
        assert row is not None
        assert row.name == "Ana"
        assert await connection.run_sync(migrate.differences) == []
    await opened.close()


async def test_nodes_that_start_together_run_the_steps_once(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE DATABASE together")
    await connection.close()
    before, _, query = postgres_url.partition("?")
    url = f"{before.rsplit('/', 1)[0]}/together" + (f"?{query}" if query else "")
    nodes = [Database(url) for _ in range(3)]
    await asyncio.gather(*(migrate.upgrade(node) for node in nodes))
    async with nodes[0].reading() as connection:
        assert await connection.run_sync(migrate.differences) == []
    for node in nodes:
        await node.close()


async def test_the_release_before_goes_on_beside_a_newer_database(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        await connection.exec_driver_sql("ALTER TABLE customers ADD COLUMN of_tomorrow VARCHAR(8)")
    await migrate.upgrade(database)
    async with database.reading() as connection:
        assert await customers.one(connection, 1) is None
