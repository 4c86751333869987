"""Rows by a list of keys as one argument: a placeholder for each would be spelled and bound anew."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def among(connection: AsyncConnection, column: ColumnElement[Any], keys: Collection[Any]) -> Any:
    """Make the condition that *column* is one of *keys*, which are whole numbers or texts."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(keys), ARRAY(column.type)))
    listed = func.json_each(orjson.dumps(list(keys)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def among_told(dialect: str, column: ColumnElement[Any]) -> Any:
    """Make the same condition for a statement that is built once; it is run with `told`."""
    if dialect == "postgresql":
        return column == any_(bindparam("keys", type_=ARRAY(column.type)))
    listed = func.json_each(bindparam("keys", type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value))


def told(connection: AsyncConnection, keys: Collection[Any]) -> dict[str, Any]:
    """Make the argument of a statement with `among_told`."""
    if connection.dialect.name == "postgresql":
        return {"keys": list(keys)}
    return {"keys": orjson.dumps(list(keys)).decode()}
