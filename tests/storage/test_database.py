"""Writers in order, whoever they are and however they end."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from storage import agents, facts
from storage.alone import AlreadyRunning, be_alone
from storage.database import Database, StorageFull, Unavailable, translated
from storage.tables import customers
from tests.storage.keeping import NOON, Home, said

ROOT = Path(__file__).parents[2]
PATIENCE = "SHOW idle_in_transaction_session_timeout"
ADD = """
import asyncio, sys
from storage.database import Database
async def main():
    database = Database(sys.argv[1])
    await database.open()
    for _ in range(20):
        async with database.writing() as connection:
            row = await connection.exec_driver_sql("SELECT value FROM facts WHERE name = 'count'")
            value = int(row.scalar_one()) + 1
            await connection.exec_driver_sql(f"UPDATE facts SET value = '{value}' WHERE name = 'count'")
    await database.close()
asyncio.run(main())
"""


async def test_no_write_of_two_processes_is_lost(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("INSERT INTO facts (name, value) VALUES ('count', '0')")
    url = database.url.render_as_string(hide_password=False)
    url = url.replace("+aiosqlite", "").replace("+asyncpg", "")
    others = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", ADD, url, cwd=ROOT) for _ in range(2)
    ]
    home = Home(database)
    for number in range(20):
        await home.keep(said(number))
    assert [await other.wait() for other in others] == [0, 0]
    await home.keeper.close()
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql("SELECT value FROM facts")).scalar_one() in (40, "40")
        assert (await connection.exec_driver_sql("SELECT count(*) FROM messages")).scalar_one() == 20


async def _write(home: Home) -> None:
    async with home.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET zone = 'UTC'")


async def _keep(home: Home) -> None:
    await home.keep(said(home.database.ids.next()))


@pytest.mark.parametrize("work", [_write, _keep], ids=["a transaction", "a batch"])
async def test_a_writer_cancelled_at_any_moment_holds_up_nobody(
    home: Home, work: Callable[[Home], Awaitable[None]]
) -> None:
    await _keep(home)
    for steps in range(40):
        task = asyncio.ensure_future(work(home))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(4):
        await _write(home)
        await _keep(home)


async def test_two_transactions_that_read_before_they_write_take_turns(database: Database) -> None:
    async with database.writing() as connection:
        await agents.sync(connection, database.ids, [{"key": "a", "name": "0", "teams": []}], NOON)
        agent = await agents.by_key(connection, "a")
    assert agent is not None

    async def add() -> None:
        async with database.writing() as connection:
            found = await agents.one(connection, agent.id)
            assert found is not None
            await asyncio.sleep(0)
            await agents.change(connection, agent.id, name=str(int(found.name) + 1))

    await asyncio.gather(*(add() for _ in range(8)))
    async with database.reading() as connection:
        found = await agents.one(connection, agent.id)
    assert found is not None
    assert found.name == "8"


WORDS = [
    pytest.param(sqlite3.OperationalError("database or disk is full"), StorageFull, id="SQLite's full disk"),
    pytest.param(
        sqlite3.OperationalError("attempt to write a readonly database"), StorageFull, id="read-only"
    ),
    pytest.param(OSError("could not extend file: No space left on device"), StorageFull, id="PostgreSQL's"),
    pytest.param(sqlite3.OperationalError("database is locked"), Unavailable, id="locked by another"),
    pytest.param(ConnectionRefusedError(), Unavailable, id="nobody listens"),
    pytest.param(sqlite3.OperationalError("no such column: x"), type(None), id="a mistake of ours"),
]


@pytest.mark.parametrize(("error", "kind"), WORDS)
def test_the_drivers_words_are_translated(error: Exception, kind: type) -> None:
    assert type(translated(error)) is kind


async def test_a_full_disk_keeps_nothing_of_a_transaction(tmp_path: Path) -> None:
    home = await _sqlite_home(tmp_path)
    async with home.database.writing() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

    async def fill() -> None:
        async with home.database.writing() as connection:
            for number in range(50):
                await facts.tell(connection, f"f{number}", "x" * 2_000)

    with pytest.raises(StorageFull):
        await fill()
    assert await home.rows("SELECT count(*) FROM facts") == [(0,)]
    await home.keeper.close()
    await home.database.close()


async def _sqlite_home(folder: Path) -> Home:
    from storage import migrate

    database = Database(f"sqlite:///{folder / 'tidings.db'}")
    await database.open()
    await migrate.upgrade(database)
    return Home(database)


async def test_an_error_does_not_repeat_what_a_customer_wrote(database: Database) -> None:
    async def twice() -> None:
        async with database.writing() as connection:
            for _ in range(2):
                await connection.execute(
                    customers.insert().values(id=1, name="their secret", created_at=NOON)
                )

    with pytest.raises(DBAPIError) as raised:
        await twice()
    assert "their secret" not in str(raised.value)


async def test_keys_go_on_after_those_of_the_rows(home: Home) -> None:
    home.database.ids.after(2**62)
    await home.keep(said(1))
    again = Database(home.database.url.render_as_string(hide_password=False))
    await again.open()
    await again.go_on()
    assert again.ids.next() > 2**62
    await again.close()


ALONE = """
import sys
from storage.alone import AlreadyRunning, be_alone
from storage.database import Database
try:
    held = be_alone(Database(sys.argv[1]))
except AlreadyRunning:
    sys.exit(7)
"""


def test_only_one_process_runs_the_house_until_it_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tidings.db'}"

    def another() -> int:
        return subprocess.run([sys.executable, "-c", ALONE, url], cwd=ROOT, check=False).returncode

    held = be_alone(Database(url))
    assert held is not None
    with pytest.raises(AlreadyRunning):
        be_alone(Database(url))
    assert another() == 7
    held.close()
    assert another() == 0


async def test_a_writer_that_falls_silent_loses_its_turn_and_a_reader_may_take_its_time(
    database: Database,
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite's writers are of one machine, and a dead one holds nothing")
    with pytest.raises((Unavailable, DBAPIError)):  # asyncpg's own error, where it rolls back at that moment
        await _falls_silent(database)
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql(PATIENCE)).scalar_one() == "0"
        assert await facts.told(connection, "ready") == "others write"


async def _falls_silent(database: Database) -> None:
    async with database.writing() as connection:
        assert (await connection.exec_driver_sql(PATIENCE)).scalar_one() == "3s"
        await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        async with database.writing() as other:
            await facts.tell(other, "ready", "others write")


def test_postgresql_needs_no_lock_file() -> None:
    assert be_alone(Database("postgresql://localhost/tidings")) is None


def test_an_unknown_database_is_named() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://localhost/x")


async def test_a_writer_cancelled_while_another_program_holds_the_file_holds_up_nobody(
    tmp_path: Path,
) -> None:
    home = await _sqlite_home(tmp_path)
    other = sqlite3.connect(tmp_path / "tidings.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    tasks = [asyncio.ensure_future(work(home)) for work in (_write, _keep)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    other.execute("COMMIT")
    await asyncio.gather(*tasks, return_exceptions=True)
    await _keep(home)
    await _write(home)
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await home.keeper.close()
    await home.database.close()


async def test_what_is_written_in_bulk_is_synced_before_it_ends_and_later_commits_wait_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bulk.db'}")
    await database.open()
    synced: list[int] = []
    monkeypatch.setattr("storage.checkpoints.os.fsync", lambda _: synced.append(kept()))

    def kept() -> int:
        with sqlite3.connect(tmp_path / "bulk.db") as other:
            return int(other.execute("SELECT count(*) FROM one").fetchone()[0])

    async def waits() -> int:
        async with database.writing() as connection:
            return int((await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one())

    async with database.writing() as connection:
        await connection.exec_driver_sql("CREATE TABLE one (a)")
    before = await waits()
    async with database.in_bulk():
        for _ in range(3):
            async with database.writing() as connection:
                await connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        assert synced == []
        assert await waits() < before
    assert synced == [3]
    assert await waits() == before == 2
    await database.close()
