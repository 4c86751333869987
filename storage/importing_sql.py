"""Statements over many rows at once, written once for both databases.

`?` is a placeholder, `{texts}` and `{ints}` stand for a list given as one argument.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

LISTS: Final = {
    "sqlite": {"texts": "(SELECT value FROM json_each(?))", "ints": "(SELECT value FROM json_each(?))"},
    "postgresql": {"texts": "(SELECT unnest(?::text[]))", "ints": "(SELECT unnest(?::bigint[]))"},
}


@lru_cache(maxsize=64)
def _spelled(sql: str, dialect: str) -> str:
    text = sql.format(**LISTS[dialect])
    if dialect == "sqlite":
        return text
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", text)


async def ask(connection: AsyncConnection, sql: str, listed: Sequence[Any], *more: Any) -> list[Any]:
    """Answer a question over a list, which is its first argument; an empty list is not asked about."""
    if not listed:
        return []
    dialect = connection.dialect.name
    first = orjson.dumps(list(listed)).decode() if dialect == "sqlite" else list(listed)
    found = await connection.exec_driver_sql(_spelled(sql, dialect), (first, *more))
    return list(found.all())


async def do(connection: AsyncConnection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row."""
    if rows:
        await connection.exec_driver_sql(_spelled(sql, connection.dialect.name), list(rows))
