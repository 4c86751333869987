"""Keeping a row once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def keep(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; says whether it was not."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    first = next(iter(table.primary_key.columns))
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(first)
    return (await connection.execute(statement)).first() is not None
