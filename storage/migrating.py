"""Alembic's part of bringing a database to the tables of today; loaded only where a step is missing."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.migrate import MIGRATIONS
from storage.tables import metadata
from storage.tables.searched import is_ours


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def run(connection: Connection, to: str) -> None:
    """Run the steps that are missing up to *to*."""
    command.upgrade(_config(connection), to)


def differences(connection: Connection) -> list[object]:
    """List how the database differs from the tables of today; empty when the steps are complete."""
    options = {"include_name": _is_compared}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or is_ours(name)


def draft(connection: Connection, message: str, revision: str) -> None:
    """Write the next step from the difference, for a person to read and mend."""
    command.revision(_config(connection), message, autogenerate=True, rev_id=revision)
