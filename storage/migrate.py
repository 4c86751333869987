"""Bring a database to the tables of today, and say whether it is there."""

from functools import cache
from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text

from storage.database import Database

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"


async def upgrade(database: Database, to: str = "head") -> None:
    """Run the steps that are missing up to *to*, in one transaction; nothing to do costs two queries.

    Writers take turns, so of many nodes that start together one runs them. A database of a newer release
    is taken as it is: a step never takes away what the release before it needs.
    """
    async with database.reading() as connection:
        at = await connection.run_sync(_revision)
    if at == steps()[-1]:
        return
    if at is not None and at not in steps():
        log.warning("the database is of a newer release", step=at)
        return
    from storage.migrating import run

    await database.run_sync(lambda connection: run(connection, to))


def steps() -> tuple[str, ...]:
    """List the steps there are, the first first: their files begin with their numbers."""
    return _steps(MIGRATIONS)


@cache
def _steps(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*.py")))


def _revision(connection: Connection) -> str | None:
    """Read at which step the database is; none where no step was run."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def differences(connection: Connection) -> list[object]:
    """List how the database differs from the tables of today; empty when the steps are complete."""
    from storage import migrating

    return migrating.differences(connection)


def draft(connection: Connection, message: str, revision: str) -> None:
    """Write the next step from the difference, for a person to read and mend."""
    from storage import migrating

    migrating.draft(connection, message, revision)
