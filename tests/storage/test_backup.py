"""A copy of a database that is written meanwhile is of one moment, and what is not whole is found."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage import backup
from storage.backup import Broken
from storage.database import StorageFull
from tests.databases import begin_sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of today that is in its log's mode, as a running house has it."""
    made = tmp_path / "tidings.db"
    begin_sqlite(made)
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    return made


def _fact(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT INTO facts VALUES (?, '1')", (name,))


def test_a_copy_is_of_one_moment_though_somebody_writes_on(path: Path, tmp_path: Path) -> None:
    ended, pairs = threading.Event(), 0
    copies = []

    def write() -> None:
        nonlocal pairs
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            while not ended.is_set():
                connection.execute("BEGIN IMMEDIATE")
                for side in ("left", "right"):
                    _fact(connection, f"{side} {pairs}")
                connection.execute("COMMIT")
                pairs += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while pairs < 10:
            pass
        for number in range(5):
            target = tmp_path / f"copy{number}.db"
            backup.copy(path, target)
            copies.append(target)
    finally:
        ended.set()
        writer.join()
    for target in copies:
        assert not [one for one in backup.beside(target) if one.exists()], "the copy is one file"
        facts = backup.holds(target).rows["facts"]
        assert facts % 2 == 0, "both of a pair, or neither"
        assert backup.troubles(target) == []
    assert backup.holds(copies[0]).rows["facts"] >= 20


def test_what_is_in_the_log_alone_is_copied(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        _fact(connection, "in the log")
        backup.copy(path, tmp_path / "copy.db")
    assert backup.holds(tmp_path / "copy.db").rows["facts"] == 1


def test_a_copy_without_room_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageFull):
        backup.copy(path, Path("/dev/full"))


def test_what_is_no_database_is_broken(tmp_path: Path) -> None:
    (tmp_path / "tidings.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(Broken, match=r"tidings\.db cannot be copied"):
        backup.copy(tmp_path / "tidings.db", tmp_path / "copy.db")
    assert backup.troubles(tmp_path / "tidings.db") != []


def test_a_page_that_was_overwritten_is_found(path: Path) -> None:
    backup.settle(path)
    whole = bytearray(path.read_bytes())
    whole[3 * 4096 : 3 * 4096 + 512] = b"x" * 512
    path.write_bytes(whole)
    assert backup.troubles(path) != []


def test_only_steps_of_ours_are_known(path: Path) -> None:
    assert backup.knows(backup.holds(path).revision)
    assert not backup.knows("9999")
