"""Copying a SQLite database while it is used, and looking whether a copy is whole."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from storage.database import Database, StorageFull, translated
from storage.migrate import steps
from storage.tables import metadata


class Broken(Exception):
    """The file is no database, or not a whole one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """What a database holds: the last step of its tables, and the number of rows of each."""

    revision: str
    rows: Mapping[str, int]


def file_of(database: Database) -> Path:
    """Say where a SQLite database is."""
    return Path(database.url.database or "")


def at(path: Path) -> Database:
    """Name the SQLite database in a file."""
    return Database(URL.create("sqlite", database=str(path)).render_as_string())


def copy(source: Path, target: Path) -> None:
    """Copy what is committed at this moment, all of one moment, beside who reads and writes.

    Raises StorageFull where there is no room, Broken where *source* cannot be read.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there)  # in one step: writers go on, in the log, and do not begin it anew
            there.execute("PRAGMA journal_mode = DELETE").fetchall()  # the copy is one file
    except sqlite3.Error as error:
        if isinstance(translated(error), StorageFull):
            raise StorageFull from error
        raise Broken(f"{source.name} cannot be copied: {error}") from error
    to_disk(target)


def holds(path: Path) -> Holds:
    """Count what a file holds; raises Broken if it is not whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return Holds(revision=_revision(connection), rows=_counts(connection))
    except sqlite3.Error as error:
        raise Broken(f"{path.name} cannot be read: {error}") from error


def troubles(path: Path) -> list[str]:
    """Read a whole file and say what is wrong with it: its pages, its indexes, what refers to nothing."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    except sqlite3.Error as error:
        return [f"{path.name} cannot be read: {error}"]
    return found + [
        f"a row of {table} refers to one of {other} that is not there" for table, _, other, _ in lost
    ]


def files_named(path: Path) -> list[str]:
    """List the paths of files in the media store that the rows speak of."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        asked = "SELECT path FROM attachments WHERE path IS NOT NULL AND path <> ''"
        return [str(row[0]) for row in connection.execute(asked)]


def settle(path: Path) -> None:
    """Bring a database that nobody uses into its one file, and that to the disk."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    to_disk(path)


def beside(path: Path) -> Sequence[Path]:
    """Name the files that SQLite keeps beside a database."""
    return [path.with_name(f"{path.name}-{end}") for end in ("wal", "shm", "journal")]


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def knows(revision: str) -> bool:
    """Whether we have the step *revision*: a newer program's tables are not ours to read."""
    return revision in steps()


def _revision(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row is not None else ""


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    there = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        str(table.name): int(connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608
        for table in metadata.sorted_tables
        if table.name in there
    }
