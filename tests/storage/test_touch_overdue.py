"""Who is overdue is the same, whether the database sorts most out or each habit is looked at."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from storage import touch_overdue
from storage.among import among
from storage.database import Database
from storage.tables import customers, orders

BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
MANY = 120


async def _placed(database: Database, random: Random) -> dict[int, list[datetime]]:
    """Keep customers with one to eight orders each, at whole microseconds; some orders are cancelled."""
    placed: dict[int, list[datetime]] = {}
    async with database.writing() as connection:
        for key in range(1, MANY + 1):
            one = {"id": key, "name": "Ana", "created_at": BEGIN, "language": "pt", "zone": "", "tier": ""}
            await connection.execute(customers.insert().values(**one))
            for number in range(random.randint(1, 8)):
                at = BEGIN - timedelta(days=random.randint(0, 300), microseconds=random.randint(0, 10**9))
                gone = BEGIN if random.random() < 0.1 else None
                values = {"customer_id": key, "number": f"A{key}-{number}", "placed_at": at}
                values |= {"id": key * 10 + number, "changed_at": at, "cancelled_at": gone}
                await connection.execute(orders.insert().values(**values))
                placed.setdefault(key, []).extend([] if gone else [at])
    return placed


@pytest.mark.parametrize("factor", [0.5, 1.5, 3.0])
async def test_the_database_sorts_out_nobody_who_is_overdue(database: Database, factor: float) -> None:
    placed = await _placed(database, Random(7))
    since, until = BEGIN - timedelta(days=9), BEGIN + timedelta(days=40)
    due = {key: touch_overdue.instant(when, factor) for key, when in placed.items()}
    expected = {key: at for key, at in due.items() if at is not None and since <= at < until}
    async with database.reading() as connection:
        late = await touch_overdue.overdue(connection, since, until, 0, MANY, factor)
        found = await touch_overdue.followed(connection, late)
    assert expected
    assert {one.customer_id: one.anchor_at for one in found} == expected
    assert [one.customer_id for one in found] == sorted(expected)


@pytest.mark.parametrize("days", [(0, 100, 200), (0, 100, 200, 300), (0, 1, 101, 102, 202)])
async def test_the_edge_itself_is_inside_and_the_end_is_not(
    database: Database, days: tuple[int, ...]
) -> None:
    when = [BEGIN + timedelta(days=day) for day in days]
    one = {"id": 1, "name": "Ana", "created_at": BEGIN, "language": "pt", "zone": "", "tier": ""}
    async with database.writing() as connection:
        await connection.execute(customers.insert().values(**one))
        for number, at in enumerate(when, 1):
            values = {"id": number, "customer_id": 1, "number": f"A{number}", "placed_at": at}
            await connection.execute(orders.insert().values(**values, changed_at=at))
    at, tick = touch_overdue.instant(when, 1.5) or BEGIN, timedelta(microseconds=1)
    assert at > BEGIN
    async with database.reading() as connection:
        late = await touch_overdue.overdue(connection, at, at + tick, 0, 1, 1.5)
        [found] = await touch_overdue.followed(connection, late)
        assert (found.anchor_at, found.anchor_ref) == (at, f"order A{len(days)}")
        assert not await touch_overdue.overdue(connection, at - tick, at, 0, 1, 1.5)
        assert not await touch_overdue.overdue(connection, at + tick, at + 2 * tick, 0, 1, 1.5)


async def test_who_buys_between_the_two_looks_is_left_to_the_next_planning(database: Database) -> None:
    placed = await _placed(database, Random(7))
    async with database.reading() as connection:
        late = await touch_overdue.overdue(connection, BEGIN, BEGIN + timedelta(days=90), 0, MANY, 1.5)
    bought, gone, *rest = [customer for customer, _, _ in late]
    values = {"id": 9_000, "number": "new", "placed_at": BEGIN, "changed_at": BEGIN}
    async with database.writing() as connection:
        await connection.execute(orders.insert().values(customer_id=bought, **values))
        await connection.execute(
            orders.update().where(orders.c.customer_id == gone).values(cancelled_at=BEGIN)
        )
    async with database.reading() as connection:
        found = await touch_overdue.followed(connection, late)
    assert placed[bought]
    assert [one.customer_id for one in found] == rest


@pytest.mark.parametrize(("keys", "found"), [([], []), ([1, 3, 9], [1, 3])])
async def test_rows_are_found_by_a_list_of_keys(
    database: Database, keys: list[int], found: list[int]
) -> None:
    async with database.writing() as connection:
        for key in (1, 2, 3):
            one = {
                "id": key,
                "name": f"Ana {key}",
                "created_at": BEGIN,
                "language": "pt",
                "zone": "",
                "tier": "",
            }
            await connection.execute(customers.insert().values(**one))
    async with database.reading() as connection:
        which = customers.select().where(among(connection, customers.c.id, keys)).order_by(customers.c.id)
        assert [row.id for row in await connection.execute(which)] == found
        names = [f"Ana {key}" for key in keys]
        which = customers.select().where(among(connection, customers.c.name, names)).order_by(customers.c.id)
        assert [row.id for row in await connection.execute(which)] == found
