"""Rows that go over when two customers become one, and how exactly those come back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.instants import Instant, from_micros, to_micros
from storage.tables import (
    addresses,
    conversations,
    customer_events,
    holds,
    orders,
    pins,
    promises,
    ratings,
    touches,
)

OWNED: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (addresses, conversations, orders, customer_events, promises, holds, ratings, pins)
}
"""What goes over as it is; touches have rules of their own."""
MOVED: Final[Mapping[str, Table]] = {**OWNED, touches.name: touches}

Moved = dict[str, list[int]]
"""The keys of rows, by the name of their table."""


async def over(connection: AsyncConnection, absorbed: int, survivor: int) -> Moved:
    """Give the survivor everything of the absorbed; returns the keys of what went over."""
    moved: Moved = {}
    for name, table in OWNED.items():
        [key] = table.primary_key.columns
        going = update(table).where(table.c.customer_id == absorbed).values(customer_id=survivor)
        moved[name] = sorted((await connection.execute(going.returning(key))).scalars())
    return moved


async def back(
    connection: AsyncConnection, moved: Mapping[str, Sequence[int]], survivor: int, absorbed: int
) -> None:
    """Give the absorbed what went over, where it still is the survivor's."""
    for name, keys in moved.items():
        table = MOVED[name]
        [key] = table.primary_key.columns
        mine = update(table).where(among(connection, key, keys), table.c.customer_id == survivor)
        await connection.execute(mine.values(customer_id=absorbed))


def coded(value: Any) -> Any:
    """Write a column's value as JSON has it: an instant as its microseconds."""
    return to_micros(value) if isinstance(value, datetime) else value


def decoded(table: Table, name: str, value: Any) -> Any:
    """Read what `coded` wrote of a column."""
    return from_micros(value) if value is not None and isinstance(table.c[name].type, Instant) else value


def pairs(before: Any, after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name each column that changes, with its old and its new value."""
    return {
        name: [coded(getattr(before, name)), coded(value)]
        for name, value in after.items()
        if getattr(before, name) != value
    }


def undone(table: Table, now: Any, changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Name the columns of the row *now* that are still as they were made, with what they were before."""
    return {
        name: decoded(table, name, before)
        for name, (before, after) in changes.items()
        if coded(getattr(now, name)) == after
    }


def keys_of(moved: Mapping[str, Sequence[int]], names: Iterable[str]) -> dict[str, int]:
    """Count what went over, by the name of the table."""
    return {name: len(moved.get(name, ())) for name in names}
