"""What buyers spent after a touch, and those who were left out."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import BigInteger, and_, case, func, literal_column, select, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.comparing import is_alone
from storage.instants import MICROSECOND
from storage.tables import customers, orders, touches
from storage.touch_days import between
from storage.touch_report import BOUGHT_WITHIN
from storage.touch_states import CONTROL


async def revenue(
    connection: AsyncConnection, first: date, last: date, kinds: Collection[str] = ()
) -> dict[tuple[str, bool], dict[str, int]]:
    """Sum what the buyers of `groups` spent in their 30 days, by kind, side (True: left out) and currency.

    In minor units by ISO 4217 currency; an order after two touches of a kind counts once.
    """
    control = case(
        (touches.c.state == literal_column(f"'{CONTROL}'"), literal_column("1")), else_=literal_column("0")
    )
    since = type_coerce(func.coalesce(touches.c.handed_at, touches.c.ended_at, touches.c.due_at), BigInteger)
    placed = type_coerce(orders.c.placed_at, BigInteger)
    theirs = and_(orders.c.customer_id == touches.c.customer_id, orders.c.cancelled_at.is_(None))
    soon = and_(placed >= since, placed < since + BOUGHT_WITHIN // MICROSECOND)
    compared = touches.c.handed_at.is_not(None) | (touches.c.state == CONTROL)
    columns = (orders.c.id, orders.c.total, orders.c.currency)
    each = (
        select(touches.c.kind, control.label("control"), *columns)
        .join(customers, customers.c.id == touches.c.customer_id)
        .join(orders, and_(theirs, soon))
        .where(between(first, last), compared, is_alone(), orders.c.currency != "")
        .where(touches.c.kind.in_(kinds) if kinds else true())
        .distinct()
        .subquery()
    )
    by = (each.c.kind, each.c.control, each.c.currency)
    found: dict[tuple[str, bool], dict[str, int]] = {}
    for row in await connection.execute(select(*by, func.sum(each.c.total)).group_by(*by)):
        found.setdefault((row[0], bool(row[1])), {})[row[2]] = int(row[3])
    return found
