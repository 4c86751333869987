"""An ask is kept once, counted, and found by its address; it allows nothing, whatever becomes of it."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import begun, consents, join_asks
from storage.database import Connection, Database
from storage.tables import addresses, allowances, customer_events
from tests.storage.keeping import NOON

DAY = timedelta(days=1)
WORDINGS = {"birthday": "You may wish me a happy birthday"}


async def somebody(database: Database, address: str) -> tuple[int, int]:
    """Keep a stranger; gives the customer and the address."""
    async with database.writing() as connection:
        key = await begun.stranger(
            connection, database.ids, address=address, channel="sms", name="", now=NOON
        )
        which = select(addresses.c.customer_id).where(addresses.c.id == key)
        return (await connection.execute(which)).scalar_one(), key


async def test_an_ask_is_kept_once_and_found_by_its_name_and_its_address(database: Database) -> None:
    customer, address = await somebody(database, "tel:+351912000111")
    whose: dict[str, Any] = {"customer_id": customer, "address_id": address, "wordings": WORDINGS}
    async with database.writing() as connection:
        assert await join_asks.keep(connection, database.ids, name=1, now=NOON, **whose)
        assert not await join_asks.keep(connection, database.ids, name=1, now=NOON, **whose)
        assert await join_asks.keep(connection, database.ids, name=2, now=NOON + DAY, **whose)
        ask = await join_asks.one(connection, 1)
        assert ask is not None
        assert (ask.address_id, ask.wordings, ask.tries, ask.confirmed) == (address, WORDINGS, 0, False)
        await join_asks.change(connection, ask, tries=3, confirmed=True)
        again = await join_asks.one(connection, 1)
        assert again is not None
        assert (again.wordings, again.tries, again.confirmed) == (WORDINGS, 3, True)
        assert await join_asks.one(connection, 3) is None
        found = await join_asks.at_address(connection, customer, address, NOON - DAY)
        assert [one.confirmed for one in found] == [True, False]
        assert await join_asks.at_address(connection, customer, address + 1, NOON - DAY) == []
        assert [await join_asks.count(connection, NOON + n * DAY) for n in (-1, 0, 1)] == [2, 1, 0]
        assert (await connection.execute(select(allowances))).all() == []


async def test_of_many_tries_at_once_each_is_counted(database: Database) -> None:
    customer, address = await somebody(database, "tel:+351912000111")
    whose: dict[str, Any] = {"customer_id": customer, "address_id": address, "wordings": WORDINGS}
    async with database.writing() as connection:
        await join_asks.keep(connection, database.ids, name=1, now=NOON, **whose)

    async def guess() -> None:
        async with database.writing() as connection:
            ask = await join_asks.one(connection, 1)
            assert ask is not None
            await join_asks.change(connection, ask, tries=ask.tries + 1)

    await asyncio.gather(*(guess() for _ in range(8)))
    async with database.reading() as connection:
        counted = (await connection.execute(select(customer_events.c.data))).scalar_one()
    assert counted["tries"] == 8


async def test_strangers_of_whom_nothing_came_are_found_by_when_they_were_asked_for(
    database: Database,
) -> None:
    for n, at in enumerate((NOON, NOON + DAY, NOON + 2 * DAY)):
        customer, address = await somebody(database, f"tel:+35191200011{n}")
        whose: dict[str, Any] = {"customer_id": customer, "address_id": address, "wordings": WORDINGS}
        async with database.writing() as connection:
            await join_asks.keep(connection, database.ids, name=n, now=at, **whose)
    async with database.writing() as connection:
        assert len(await join_asks.strangers(connection, NOON - DAY, NOON + DAY, 9)) == 2
        assert len(await join_asks.strangers(connection, NOON - DAY, NOON + DAY, 1)) == 1
        assert await join_asks.strangers(connection, NOON - DAY, NOON, 9) != []
        assert await join_asks.strangers(connection, NOON + 2 * DAY, NOON + 3 * DAY, 9) == []
        await consents.record(connection, database.ids, address_id=address, word="yes", source="x", at=NOON)
        assert await join_asks.strangers(connection, NOON + DAY, NOON + 3 * DAY, 9) == []


async def test_who_refused_is_known_until_they_say_start(database: Database) -> None:
    _, address = await somebody(database, "tel:+351912000111")
    _, other = await somebody(database, "tel:+351912000222")
    ids = database.ids

    async def refused(connection: Connection) -> list[bool]:
        return [await join_asks.is_refused(connection, [0, key]) for key in (address, other)]

    async with database.writing() as connection:
        assert await refused(connection) == [False, False]
        for key, word, minute in ((other, "no", 1), (address, "stop", 1)):
            at = NOON + timedelta(minutes=minute)
            await consents.record(connection, ids, address_id=key, word=word, source="x", at=at)
        assert await refused(connection) == [True, True]
        for key in (address, other):
            at = NOON + timedelta(minutes=2)
            await consents.record(connection, ids, address_id=key, word="start", source="x", at=at)
        assert await refused(connection) == [False, False]
