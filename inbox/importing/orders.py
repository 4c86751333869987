"""A row of an orders' file as what is to be kept, or why it is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from inbox.importing.cells import bare
from inbox.importing.customers import Reading, Refused
from inbox.importing.dates import instant
from inbox.importing.money import Unclear, currency_of, minor
from inbox.importing.reading import Telling, telling
from storage.batch import storable
from storage.importing import Arriving
from storage.importing_orders import MOST, Line, Ordered

INSTANTS: Final = ("placed_at", "delivered_at", "returned_at", "cancelled_at")
LONGEST_NUMBER: Final = 200
LONGEST_SUMMARY: Final = 2_000
MOST_LINES: Final = 500


@dataclass(slots=True, kw_only=True)
class OrderRow:
    """What a row says: the order, whose it is, and what was left out."""

    ordered: Ordered
    whose: Arriving
    notices: list[str] = field(default_factory=list)


def orders(reading: Reading) -> Callable[[Sequence[str]], OrderRow]:
    """Make what reads a row; it raises Refused."""
    tells = telling(reading)
    return lambda cells: _order(cells, reading, tells)


def _order(cells: Sequence[str], reading: Reading, tells: Telling) -> OrderRow:
    """Read a row; raises Refused where it has no number, a date that is none or a sum that is unclear."""
    columns = reading.columns
    number = storable(bare(cells[columns["number"]]).strip())
    if not number:
        raise Refused("The order has no number.")
    if len(number) > LONGEST_NUMBER:
        raise Refused(f"The order's number is longer than {LONGEST_NUMBER} letters.")
    notices: list[str] = []
    ref, addresses = tells(cells, notices)
    placed, delivered, returned, cancelled = (_instant(cells, reading, name) for name in INSTANTS)
    ordered = Ordered(
        number=number,
        placed_at=placed,
        delivered_at=delivered,
        returned_at=returned,
        cancelled_at=cancelled,
        summary=_cell(cells, reading, "summary")[:LONGEST_SUMMARY],
    )
    try:
        ordered.currency = currency_of(_cell(cells, reading, "currency"))
        if total := _cell(cells, reading, "total"):
            ordered.total = minor(total, ordered.currency)
    except Unclear as error:
        raise Refused(str(error)) from error
    if lines := _cell(cells, reading, "lines"):
        ordered.lines = lines_of(lines, ordered.currency)
    return OrderRow(ordered=ordered, whose=Arriving(ref=ref, addresses=addresses), notices=notices)


def _instant(cells: Sequence[str], reading: Reading, name: str) -> datetime | None:
    if not (written := _cell(cells, reading, name)):
        return None
    at = instant(written, reading.order, reading.zone)
    if at is None:
        raise Refused(f"{name} {written!r} is no date.")
    return at


def lines_of(written: str, currency: str) -> list[Line]:
    """Read lines in JSON, `[{"name": "Cup", "quantity": 2, "price": "9.90"}]`; raises Refused."""
    try:
        told = orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise Refused("The lines are not JSON.") from error
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise Refused("The lines are not a list of lines.")
    if len(told) > MOST_LINES:
        raise Refused(f"The order has more than {MOST_LINES} lines.")
    return [_line(one, currency) for one in told]


def _line(told: dict[str, Any], currency: str) -> Line:
    quantity = told.get("quantity", 1)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < MOST:
        raise Refused(f"The quantity {quantity!r} of a line is no number of pieces.")
    try:
        price = minor(str(told.get("price", "0")), currency)
        cost = minor(str(told["cost"]), currency) if told.get("cost") is not None else None
    except Unclear as error:
        raise Refused(str(error)) from error
    sku, name = (str(told.get(one) or "")[:LONGEST_SUMMARY] for one in ("sku", "name"))
    return Line(sku=sku, name=name, quantity=quantity, price=price, cost=cost)


def _cell(cells: Sequence[str], reading: Reading, name: str) -> str:
    return bare(cells[reading.columns[name]]).strip() if name in reading.columns else ""
