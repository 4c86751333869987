"""The steps, run from nothing, make the tables of today."""

from storage import migrate
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
