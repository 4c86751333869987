"""Copying a PostgreSQL database by its own tools, pg_dump and pg_restore, and counting what it holds."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text

from storage.backup import Broken, Holds
from storage.database import Connection, Database, StorageFull
from storage.tables import metadata

DUMP: Final = "pg_dump"
RESTORE: Final = "pg_restore"
OPTIONS: Final = ("--no-owner", "--no-privileges")


class NoTool(Exception):
    """PostgreSQL's own tools are not here: use pg_dump and pg_restore, or its archiving, where they are."""


async def copy(database: Database, target: Path) -> Holds:
    """Dump the database as it is at one moment, and count what it holds then.

    Raises NoTool, StorageFull, or Broken with what pg_dump said.
    """
    async with database.reading() as connection:
        # Who reads has no transaction otherwise: each question there sees its own moment.
        await connection.execute(text("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        try:
            snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            one = (f"--snapshot={snapshot}", f"--file={target}")
            await _run(database, DUMP, "--format=custom", *OPTIONS, *one)
            return await _holds(connection)
        finally:
            await connection.execute(text("ROLLBACK"))


async def put_back(database: Database, dump: Path) -> None:
    """Put a dump in the place of what the database has, whole or not at all; raises as `copy` does."""
    one = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error")
    name = f"--dbname={database.url.database}"
    await _run(database, RESTORE, *OPTIONS, *one, name, str(dump))


async def try_out(database: Database, dump: Path) -> Holds:
    """Put a dump into a database made for this alone, count, and drop it; needs the right to make one."""
    name = f"tidings_verify_{secrets.token_hex(4)}"
    await _alone(database, f"CREATE DATABASE {name}")
    other = Database(database.url.set(database=name).render_as_string(hide_password=False))
    try:
        one = ("--single-transaction", "--exit-on-error", f"--dbname={name}")
        await _run(other, RESTORE, *OPTIONS, *one, str(dump))
        async with other.reading() as connection:
            return await _holds(connection)
    finally:
        await other.close()
        await _alone(database, f"DROP DATABASE IF EXISTS {name}")


async def others(database: Database) -> int:
    """Count the connections to the database beside this one's."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with database.reading() as connection:
        return int((await connection.execute(text(asked))).scalar_one())


async def is_empty(database: Database) -> bool:
    """Whether the database has no table of ours yet."""
    async with database.reading() as connection:
        return (await connection.execute(text("SELECT to_regclass('messages')"))).scalar_one() is None


async def _alone(database: Database, statement: str) -> None:
    """Run a statement outside any transaction, as making a database wants it."""
    import asyncpg  # here: who backs SQLite up has no use for it

    dsn = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as error:
        raise Broken(f"a database to try it out cannot be made: {error}") from error
    finally:
        await connection.close()


async def _holds(connection: Connection) -> Holds:
    there = set((await connection.execute(text("SELECT tablename FROM pg_tables"))).scalars())
    rows = {
        str(table.name): (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in metadata.sorted_tables
        if table.name in there
    }
    revision = (
        await connection.execute(text("SELECT version_num FROM alembic_version"))
    ).scalar_one_or_none()
    return Holds(revision=str(revision or ""), rows=rows)


async def _run(database: Database, tool: str, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise NoTool
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        env={**os.environ, **_environment(database)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode == 0:
        return
    words = said.decode("utf-8", "replace").strip()
    if "No space left" in words:
        raise StorageFull
    raise Broken("; ".join(words.splitlines()[:3]) or f"{tool} ended with {process.returncode}")


def _environment(database: Database) -> Mapping[str, str]:
    """Say where the database is by the variables of libpq, where no list of processes shows a password."""
    url = database.url
    host = url.host or url.query.get("host", "")
    told = {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
    }
    return {name: value for name, value in told.items() if value}
