"""Orders told from outside, many at once: by the shop's number, made or moved, never doubled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.ids import Ids
from storage.importing_sql import ask, do
from storage.instants import to_micros

MOST: Final = 2**53 - 1  # of minor units: as many as JSON's numbers hold
COLUMNS: Final = (
    "customer_id",
    "placed_at",
    "delivered_at",
    "returned_at",
    "cancelled_at",
    "total",
    "currency",
    "summary",
)
KNOWN: Final = f"SELECT number, id, {', '.join(COLUMNS)} FROM orders WHERE number IN {{texts}}"  # noqa: S608
BEGIN: Final = (
    f"INSERT INTO orders (id, number, {', '.join(COLUMNS)}, changed_at) VALUES ({', '.join('?' * 11)})"  # noqa: S608
)
CHANGE: Final = f"UPDATE orders SET {', '.join(f'{one} = ?' for one in COLUMNS)}, changed_at = ? WHERE id = ?"  # noqa: S608
LINES: Final = """
    SELECT order_id, position, sku, name, quantity, price, cost FROM order_lines
    WHERE order_id IN {ints} ORDER BY order_id, position"""
FORGET_LINES: Final = "DELETE FROM order_lines WHERE order_id = ?"
KEEP_LINE: Final = """
    INSERT INTO order_lines (order_id, position, sku, name, quantity, price, cost)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order; *price* and *cost* are of one piece, in minor units."""

    sku: str = ""
    name: str = ""
    quantity: int = 1
    price: int = 0
    cost: int | None = None


@dataclass(slots=True, kw_only=True)
class Ordered:
    """One order as told; None and "" change nothing. *customer_id* 0 stands for whoever has it already."""

    number: str
    customer_id: int = 0
    placed_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    cancelled_at: datetime | None = None
    total: int | None = None
    currency: str = ""
    summary: str = ""
    lines: Sequence[Line] | None = None


@dataclass(slots=True)
class OrderCame:
    """What became of one: *what* is made, changed, same or refused, with the reason."""

    what: str
    order_id: int = 0
    reason: str = ""


async def keep_orders(
    connection: AsyncConnection, ids: Ids, told: Sequence[Ordered], now: datetime
) -> list[OrderCame]:
    """Keep orders as told, in this order; the answers are in the same order."""
    found = await ask(connection, KNOWN, list({one.number for one in told}))
    known = {row[0]: (row[1], list(row[2:])) for row in found}
    kept_lines = await _lines(connection, [key for key, _ in known.values()])
    at = to_micros(now)
    made: dict[int, tuple[str, list[Any]]] = {}
    changed: dict[int, list[Any]] = {}
    lines: dict[int, list[tuple[Any, ...]]] = {}
    came = []
    for one in told:
        key, before = known.get(one.number, (0, []))
        if not key and (not one.customer_id or one.placed_at is None):
            came.append(OrderCame("refused", reason=_missing(one)))
            continue
        after = _after(one, before)
        rows = None if one.lines is None else _rows(one.lines)
        relined = rows is not None and rows != kept_lines.get(key, [])
        what = "same" if after == before and not relined else "changed"
        if not key:
            key, what = ids.next(), "made"
            made[key] = (one.number, after)
        elif key in made:
            made[key] = (one.number, after)
        elif what == "changed":
            changed[key] = after
        if rows is not None and relined:
            lines[key] = kept_lines[key] = rows
        known[one.number] = (key, after)
        came.append(OrderCame(what, key))
    await do(connection, BEGIN, [(key, number, *row, at) for key, (number, row) in made.items()])
    await do(connection, CHANGE, [(*row, at, key) for key, row in changed.items()])
    await do(connection, FORGET_LINES, [(key,) for key in lines if key not in made])
    await do(connection, KEEP_LINE, [(key, *row) for key, rows in lines.items() for row in rows])
    return came


def _missing(one: Ordered) -> str:
    if not one.customer_id:
        return "An order that is new needs its customer."
    return "An order that is new needs the day it was placed."


def _after(one: Ordered, before: Sequence[Any]) -> list[Any]:
    """Lay what is told over what was known."""
    instants = (one.placed_at, one.delivered_at, one.returned_at, one.cancelled_at)
    told = [
        one.customer_id or None,
        *(None if at is None else to_micros(at) for at in instants),
        one.total,
        one.currency or None,
        storable(one.summary) or None,
    ]
    old = before or [None, None, None, None, None, 0, "", ""]
    return [then if now is None else now for now, then in zip(told, old, strict=True)]


def _rows(lines: Sequence[Line]) -> list[tuple[Any, ...]]:
    return [
        (place, storable(one.sku), storable(one.name), one.quantity, one.price, one.cost)
        for place, one in enumerate(lines)
    ]


async def _lines(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for key, *row in await ask(connection, LINES, keys):
        found.setdefault(key, []).append(tuple(row))
    return found
