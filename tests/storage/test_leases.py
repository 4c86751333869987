"""Leases on PostgreSQL: who writes without a pause keeps its own, and nobody takes one in the middle."""

from collections.abc import AsyncIterator

import pytest

from storage.batch import Batch, Place
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.leases import Leases
from tests.databases import _copied, dropped
from tests.storage.keeping import RULES

LONG = 30.0


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    url = await _copied(postgres_url)
    made = Database(url)
    yield made
    await made.close()
    await dropped(url)


@pytest.fixture
async def ours(database: Database) -> AsyncIterator[Leases]:
    made = Leases(database.url, "us")
    await made.declare(["assign"])
    yield made
    await made.close()


async def _until(database: Database) -> int:
    async with database.reading() as connection:
        row = await connection.exec_driver_sql("SELECT until FROM leases WHERE name = 'assign'")
        return int(row.scalar_one())


async def test_a_lease_is_renewed_while_its_owner_writes_and_not_taken(
    database: Database, ours: Leases
) -> None:
    [lease] = await ours.take(["assign"], 1, 0)
    others = Leases(database.url, "they")
    ended = await _until(database)
    async with database.under(lease).writing():
        assert await others.take(["assign"], 1, LONG) == set(), "it is over, but in the middle of a write"
        await ours.hold(["assign"], LONG)
    assert await _until(database) > ended + 20_000_000
    assert await others.take(["assign"], 1, LONG) == set()
    await others.close()


async def test_who_writes_how_far_it_came_holds_its_lease_on(database: Database, ours: Leases) -> None:
    [lease] = await ours.take(["assign"], 1, 0)
    ended = await _until(database)
    keeper = PostgresKeeper(database)
    await keeper.keep(Batch(place=Place(lease=lease, stream="", sequence=7)), RULES)
    await keeper.close()
    assert await _until(database) > ended + 2_000_000


async def test_one_question_holds_what_is_ours_and_tells_of_the_others(
    database: Database, ours: Leases
) -> None:
    others = Leases(database.url, "they")
    await ours.declare(["node/0", "node/1", "files"])
    [mine] = await ours.take(["assign"], 1, LONG)
    await ours.take(["node/0"], 1, LONG)
    await others.take(["node/1"], 1, LONG)
    stands = await ours.hold(["assign", "node/0"], LONG, prefix="node/", wanted=["assign", "files"])
    assert mine in stands.ours
    assert len(stands.ours) == 2
    assert stands.others == 1
    assert stands.free, "nobody has the files"
    await others.take(["files"], 1, LONG)
    assert not (await ours.hold([], LONG, wanted=["assign", "files"])).free
    await others.close()


async def test_what_another_took_is_not_ours_any_more(database: Database, ours: Leases) -> None:
    [mine] = await ours.take(["assign"], 1, 0)
    others = Leases(database.url, "they")
    [theirs] = await others.take(["assign"], 1, LONG)
    assert theirs.epoch == mine.epoch + 1
    assert (await ours.hold(["assign"], LONG)).ours == frozenset()
    assert theirs in (await others.hold([], LONG)).ours
    await others.close()
