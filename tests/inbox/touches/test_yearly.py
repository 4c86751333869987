"""The days of the past on which what comes yearly is looked for."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.touches.planning import plan
from inbox.touches.spans import of_days, years_days
from storage.tables import customers
from tests.inbox.touches.test_kinds import _kind
from tests.inbox.touches.world import NOON, World

DAYS = [
    pytest.param(date(2027, 3, 1), date(2027, 3, 4), 2025, [("03-01", "03-04")], id="plain"),
    pytest.param(date(2027, 2, 27), date(2027, 2, 28), 2024, [("02-27", "02-29")], id="29 February before"),
    pytest.param(date(2027, 3, 1), date(2027, 3, 2), 2024, [("02-29", "03-02")], id="29 February after"),
    pytest.param(date(2028, 2, 28), date(2028, 3, 1), 2027, [("02-28", "03-01")], id="a leap year now"),
    pytest.param(
        date(2027, 12, 30), date(2028, 1, 2), 2025, [("12-30", "12-31"), ("01-01", "01-02")], id="New Year"
    ),
]


@pytest.mark.parametrize(("first", "last", "year", "parts"), DAYS)
def test_the_days_of_a_year_that_return_in_a_span(
    first: date, last: date, year: int, parts: list[tuple[str, str]]
) -> None:
    found = years_days(first, last, year)
    assert [(f"{a:%m-%d}", f"{b:%m-%d}") for a, b in found] == parts
    assert {a.year for a, _ in found} == {year}


PLACED = [
    pytest.param("Pacific/Kiritimati", "2025-03-02 00:00", id="the first minute farthest east"),
    pytest.param("Pacific/Kiritimati", "2025-03-02 23:59", id="the last minute farthest east"),
    pytest.param("Pacific/Pago_Pago", "2025-03-02 00:00", id="the first minute farthest west"),
    pytest.param("Pacific/Pago_Pago", "2025-03-02 23:59", id="the last minute farthest west"),
]


@pytest.mark.parametrize(("zone", "placed"), PLACED)
async def test_nobody_at_the_edge_of_the_world_is_missed(world: World, zone: str, placed: str) -> None:
    customer = await world.customer("Ana", "tel:+351912345678")
    async with world.database.writing() as connection:
        await connection.execute(customers.update().values(zone=zone))
    at = datetime.fromisoformat(placed).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    await world.order(customer, "A1", placed_at=at)
    await world.order(customer, "A2", placed_at=at)
    await world.order(customer, "A3", placed_at=at + timedelta(days=365))
    world.on(_kind("anniversary", days=0, at=time(10)))
    only = of_days(date(2027, 3, 2), date(2027, 3, 2), NOON)
    await plan(world.database, world.rules, world.now, only)
    row = await world.one()
    assert (row.day, row.period, row.anchor_ref) == ("2027-03-02", "2027", "order A1")
