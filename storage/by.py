"""Rows found by the value of one column.

Each such question is written once, for writing it costs more than asking it.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def row_by(connection: AsyncConnection, column: Column[Any], value: object) -> Row[Any] | None:
    """Find the one row of a column's table that has *value* there."""
    row: Row[Any] | None = (await connection.execute(by(column), {"wanted": value})).one_or_none()
    return row


@cache
def by(column: Column[Any], *order: ColumnElement[Any]) -> Select[Any]:
    """Ask for the rows whose *column* is the parameter `wanted`, in an *order*."""
    return select(column.table).where(column == bindparam("wanted")).order_by(*order)
