"""Write the database anew, so that nothing that was erased lies in its free space any more."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database
from storage.tables import metadata
from storage.tables.searched import INDEXES

PATIENCE: Final = 60.0


async def scrub(database: Database) -> None:
    """Rewrite SQLite's file and its log, or PostgreSQL's tables, while nobody else writes.

    The indexes of words are merged first, for they keep what was taken out until then
    (https://www.sqlite.org/fts5.html#the_optimize_command). Raises sqlite3.OperationalError where another
    process keeps the file for a minute.
    """
    if database.dialect == "sqlite":
        await asyncio.to_thread(_rewrite, str(database.url.database))
        return
    engine = create_async_engine(database.url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    async with engine.connect() as connection:
        for name in (*metadata.tables, *INDEXES):
            await connection.execute(text(f"VACUUM FULL {name}"))
    await engine.dispose()


def _rewrite(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        for index in INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
