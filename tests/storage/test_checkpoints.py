"""The log goes back into the file beside the writers, and never grows without end."""

import sqlite3
from pathlib import Path

import pytest

from storage import migrate
from storage.checkpoints import EVERY
from storage.database import Database
from tests.storage.keeping import Home, said

PAGE = 4_096


async def test_the_log_is_reused_while_writing_goes_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tidings.db'}")
    await database.open()
    await migrate.upgrade(database)
    home = Home(database)
    for number in range(12 * EVERY):
        await home.keep(said(number))
    log = (tmp_path / "tidings.db-wal").stat().st_size
    assert log < 6 * EVERY * 20 * PAGE, "twelve times as much was written"
    assert await home.rows("SELECT count(*) FROM messages") == [(12 * EVERY,)]
    await home.keeper.close()
    await database.close()
    with sqlite3.connect(tmp_path / "tidings.db") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_a_log_that_cannot_be_copied_fails_no_writer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tidings.db'}")
    await database.open()
    await migrate.upgrade(database)
    database.checkpoints._path = str(tmp_path / "nowhere" / "tidings.db")
    home = Home(database)
    for number in range(EVERY + 1):
        await home.keep(said(number))
    assert await home.rows("SELECT count(*) FROM messages") == [(EVERY + 1,)]
    await home.keeper.close()
    await database.close()
    assert "not copied" in caplog.text
