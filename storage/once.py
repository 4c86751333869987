"""Keeping a row once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def keep(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; says whether it was not."""
    statement = _keep(connection.dialect.name, table)
    return (await connection.execute(statement, values)).first() is not None


@cache
def _keep(dialect: str, table: Table) -> Any:
    """Write the change once a table: writing it costs more than making it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    first = next(iter(table.primary_key.columns))
    return insert(table).on_conflict_do_nothing().returning(first)
