"""Bring a database to the tables of today, and say whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database
from storage.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, to: str = "head") -> None:
    """Run the steps that are missing up to *to*, in one transaction; nothing to do costs one query."""
    async with database.reading() as connection:
        at = await connection.run_sync(_revision)
    if at == ScriptDirectory.from_config(_config()).get_current_head():
        return
    await database.run_sync(lambda connection: command.upgrade(_config(connection), to))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[object]:
    """List how the database differs from the tables of today; empty when the steps are complete."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def draft(connection: Connection, message: str, revision: str) -> None:
    """Write the next step from the difference, for a person to read and mend."""
    command.revision(_config(connection), message, autogenerate=True, rev_id=revision)
