"""What the tables are made of: one metadata, keys, and indexes of some rows only."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# On SQLite only INTEGER makes the key the row's own place; BIGINT would be one more index to write.
Key = BigInteger().with_variant(Integer, "sqlite")


def key() -> Column[int]:
    """Make a key filled by `storage.ids`, growing with time, so that order of keys is order of arrival."""
    return Column("id", Key, primary_key=True, autoincrement=False)


def only(condition: str) -> dict[str, Any]:
    """Make an index of the rows where *condition* holds, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
