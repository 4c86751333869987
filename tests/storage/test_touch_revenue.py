"""What buyers spent after touches, and those left out, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from storage import touch_revenue
from storage.database import Database
from storage.tables import orders
from tests.storage.keeping import NOON
from tests.storage.test_touch_days import A_DAY, DAY, somebody, touched


async def buys(database: Database, customer: int, *, after: timedelta = A_DAY, **values: Any) -> None:
    key = database.ids.next()
    row: dict[str, Any] = {"total": 4_250, "currency": "EUR", **values}
    placed = {"placed_at": NOON + after, "changed_at": NOON}
    async with database.writing() as connection:
        await connection.execute(
            orders.insert().values(id=key, customer_id=customer, number=f"n{key}", **placed, **row)
        )


async def spent(database: Database, *kinds: str) -> dict[tuple[str, bool], dict[str, int]]:
    async with database.reading() as connection:
        return await touch_revenue.revenue(connection, DAY, DAY, kinds)


@pytest.mark.parametrize(
    ("order", "counts"),
    [
        ({"after": timedelta(0)}, True),
        ({"after": timedelta(days=30) - timedelta(microseconds=1)}, True),
        ({"after": timedelta(days=30)}, False),
        ({"after": -timedelta(microseconds=1)}, False),
        ({"cancelled_at": NOON + A_DAY}, False),
        ({"currency": ""}, False),
    ],
    ids=["at once", "last moment", "30 days later", "before the touch", "cancelled", "no currency"],
)
async def test_orders_of_the_thirty_days_after_a_touch_count(
    database: Database, order: dict[str, Any], counts: bool
) -> None:
    who, _ = await somebody(database)
    await touched(database, who, state="sent", handed_at=NOON)
    await buys(database, who, **order)
    assert await spent(database) == ({("birthday", False): {"EUR": 4_250}} if counts else {})


async def test_sides_kinds_and_currencies_are_summed_apart(database: Database) -> None:
    ours, left, other = [(await somebody(database))[0] for _ in range(3)]
    await touched(database, ours, state="sent", handed_at=NOON)
    await touched(database, left, state="control", ended_at=NOON)
    await touched(database, other, kind="overdue", state="unknown", handed_at=NOON)
    for who, values in (
        (ours, {}),
        (ours, {"total": 750}),
        (ours, {"total": 1_000, "currency": "USD"}),
        (left, {"total": 20}),
        (other, {"total": 3}),
    ):
        await buys(database, who, **values)
    found = {
        ("birthday", False): {"EUR": 5_000, "USD": 1_000},
        ("birthday", True): {"EUR": 20},
        ("overdue", False): {"EUR": 3},
    }
    assert await spent(database) == found
    assert await spent(database, "overdue") == {("overdue", False): {"EUR": 3}}


async def test_an_order_after_two_touches_of_a_kind_counts_once(database: Database) -> None:
    who, _ = await somebody(database)
    for _ in range(2):
        await touched(database, who, state="sent", handed_at=NOON)
    await touched(database, who, kind="overdue", state="sent", handed_at=NOON)
    await buys(database, who)
    assert await spent(database) == {
        ("birthday", False): {"EUR": 4_250},
        ("overdue", False): {"EUR": 4_250},
    }


async def test_the_joined_and_what_never_left_are_not_compared(database: Database) -> None:
    who, _ = await somebody(database)
    gone, _ = await somebody(database, merged_into=who)
    waits, _ = await somebody(database)
    await touched(database, gone, state="sent", handed_at=NOON)
    await touched(database, waits, state="cancelled", ended_at=NOON)
    for one in (gone, waits):
        await buys(database, one)
    assert await spent(database) == {}
