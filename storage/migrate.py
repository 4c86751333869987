"""Bring a database to the tables of today, and say whether it is there."""

from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database
from storage.tables import metadata
from storage.tables.searched import is_ours

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, to: str = "head") -> None:
    """Run the steps that are missing up to *to*, in one transaction; nothing to do costs one query.

    Writers take turns, so of many nodes that start together one runs them. A database of a newer release
    is taken as it is: a step never takes away what the release before it needs.
    """
    async with database.reading() as connection:
        at = await connection.run_sync(_revision)
    if at == _newest(MIGRATIONS):
        return
    if at is not None and at not in _known(MIGRATIONS):
        log.warning("the database is of a newer release", step=at)
        return
    await database.run_sync(lambda connection: command.upgrade(_config(connection), to))


@cache
def _newest(folder: Path) -> str | None:
    """The last step of *folder*; its files are read once a process."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config).get_current_head()


@cache
def _known(folder: Path) -> frozenset[str]:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return frozenset(step.revision for step in ScriptDirectory.from_config(config).walk_revisions())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[object]:
    """List how the database differs from the tables of today; empty when the steps are complete."""
    options = {"include_name": _is_compared}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or is_ours(name)


def draft(connection: Connection, message: str, revision: str) -> None:
    """Write the next step from the difference, for a person to read and mend."""
    command.revision(_config(connection), message, autogenerate=True, rev_id=revision)
