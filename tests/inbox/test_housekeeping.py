"""Old hooks leave a page at a time; the messages made of them stay."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from config.retention import RetentionKnobs
from inbox import housekeeping
from inbox.housekeeping import Housekeeping
from inbox.media import MediaStore
from storage.ids import first_at
from storage.tables import attachments
from tests.inbox.house import NOON, House


@pytest.fixture(autouse=True)
def _keys_of_the_houses_day() -> Iterator[None]:
    """Keys are made by the machine's clock, and what is old is told by them."""
    with time_machine.travel(NOON):
        yield


def _housekeeping(house: House, days: int = 30) -> Housekeeping:
    return Housekeeping(database=house.database, nudges=house.ground.nudges, days=days, clock=house.clock)


async def _grown_old(house: House) -> None:
    """Three customers wrote a hundred days ago."""
    house.clock.now -= timedelta(days=100)
    for number in range(3):
        await house.says(f"c{number}", 1, "hi")
    then = first_at(house.clock.now)
    house.clock.now += timedelta(days=100)
    [(first,)] = await house.rows("SELECT min(id) FROM hooks")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE hooks SET id = id - {first - then}")


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


@pytest.mark.parametrize(
    ("days", "words", "left"),
    [
        pytest.param(365, 50, 0, id="the words end first"),
        pytest.param(365, 300, 3, id="neither has ended"),
        pytest.param(0, 50, 0, id="the journal never ends by itself"),
        pytest.param(50, 0, 0, id="the words never end"),
    ],
)
async def test_the_journal_has_words_for_no_longer_than_their_conversations(
    house: House, days: int, words: int, left: int
) -> None:
    await _grown_old(house)
    keeping = Housekeeping(
        database=house.database,
        nudges=house.ground.nudges,
        days=days,
        clock=house.clock,
        retention=RetentionKnobs(messages_days=words),
    )
    await keeping.turn()
    assert (await _counts(house))[0] == left


async def test_it_looks_at_once_after_a_start_and_stops_when_asked(house: House) -> None:
    await _grown_old(house)
    keeping = _housekeeping(house)
    running = asyncio.create_task(keeping.run())
    async with asyncio.timeout(10):
        while (await _counts(house))[0]:
            await asyncio.sleep(0)
        await keeping.stop()
        await running


async def test_nothing_else_goes_unless_the_operator_says_so(house: House) -> None:
    await _resolved_long_ago(house)
    assert not await _housekeeping(house).turn()
    assert await house.rows("SELECT text FROM messages WHERE direction = 'in'") == [("hi",)]


async def test_words_files_and_audit_lines_go_by_their_own_days(house: House, tmp_path: Path) -> None:
    path = await _resolved_long_ago(house, tmp_path)
    knobs = RetentionKnobs(messages_days=30, files_days=60, audit_days=365)
    media = MediaStore(tmp_path, "s" * 32)
    keeping = Housekeeping(
        database=house.database,
        nudges=house.ground.nudges,
        days=0,
        clock=house.clock,
        retention=knobs,
        media=media,
    )
    house.clock.now += timedelta(days=31)
    await keeping.turn()
    assert await house.rows("SELECT text FROM messages WHERE direction = 'in'") == [("",)]
    assert (tmp_path / path).exists()
    house.clock.now += timedelta(days=30)
    await keeping.turn()
    assert not (tmp_path / path).exists()
    assert await house.rows("SELECT path FROM attachments") == [("",)]
    lines = "SELECT count(*) > 0 FROM audits"
    assert await house.rows(lines) == [(True,)]
    house.clock.now += timedelta(days=366)
    await keeping.turn()
    assert await house.rows(lines) == [(False,)]


async def _resolved_long_ago(house: House, folder: Path | None = None) -> str:
    """Maria wrote, with a file, and Ana resolved it now."""
    await house.says("maria", 1, "hi")
    [(conversation, message)] = await house.rows("SELECT conversation_id, id FROM messages")
    path = ""
    if folder is not None:
        file = await MediaStore(folder, "s" * 32).keep(_bytes(), name="a.txt", content_type="", cap=100)
        path = file.path
        values = {"id": 1, "message_id": message, "position": 0, "kind": "document", "state": "kept"}
        async with house.database.writing() as connection:
            await connection.execute(attachments.insert().values(**values, path=path))
    await house.desk.resolve(conversation, house.agents["ana"], now=house.clock())
    return path


async def _bytes() -> AsyncIterator[bytes]:
    yield b"mine"
