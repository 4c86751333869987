"""Who keeps batches over a database, with the library that this takes and no other."""

from typing import TYPE_CHECKING

from storage.database import Database

if TYPE_CHECKING:
    from storage.keep_postgres import PostgresKeeper
    from storage.keep_sqlite import SqliteKeeper


def keeper_of(database: Database) -> "SqliteKeeper | PostgresKeeper":
    """Make what keeps batches over *database*."""
    if database.dialect == "sqlite":
        from storage.keep_sqlite import SqliteKeeper

        return SqliteKeeper(database)
    from storage.keep_postgres import PostgresKeeper

    return PostgresKeeper(database)
