"""Old hooks leave a page at a time; the messages made of them stay."""

import asyncio
from datetime import timedelta

import pytest

from inbox import housekeeping
from inbox.housekeeping import Housekeeping
from storage.ids import A_DAY
from tests.inbox.house import House


def _housekeeping(house: House, days: int = 30) -> Housekeeping:
    return Housekeeping(database=house.database, nudges=house.ground.nudges, days=days, clock=house.clock)


async def _grown_old(house: House) -> None:
    """Three customers wrote a hundred days ago."""
    house.clock.now -= timedelta(days=100)
    for number in range(3):
        await house.says(f"c{number}", 1, "hi")
    house.clock.now += timedelta(days=100)
    async with house.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE hooks SET id = id - {100 * A_DAY}")


async def _counts(house: House) -> tuple[int, int]:
    [counts] = await house.rows("SELECT (SELECT count(*) FROM hooks), (SELECT count(*) FROM messages)")
    return counts[0], counts[1]


async def test_old_hooks_leave_a_page_at_a_time_and_their_messages_stay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PAGE", 2)
    await _grown_old(house)
    keeping = _housekeeping(house)
    assert await keeping.turn()
    assert await _counts(house) == (1, 3)
    assert not await keeping.turn()
    assert await _counts(house) == (0, 3)


async def test_no_days_keep_everything(house: House) -> None:
    await _grown_old(house)
    assert not await _housekeeping(house, days=0).turn()
    assert await _counts(house) == (3, 3)


async def test_it_looks_at_once_after_a_start_and_stops_when_asked(house: House) -> None:
    await _grown_old(house)
    keeping = _housekeeping(house)
    running = asyncio.create_task(keeping.run())
    async with asyncio.timeout(10):
        while (await _counts(house))[0]:
            await asyncio.sleep(0)
        await keeping.stop()
        await running
