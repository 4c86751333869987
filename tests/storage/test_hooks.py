"""The journal forgets what was applied long ago, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import hooks
from storage.database import Database
from storage.ids import Ids, first_at

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=31)
LIMIT = NOW - timedelta(days=30)


async def _keep(database: Database, at: datetime, state: str, number: int = 0) -> int:
    key = first_at(at) + number
    async with database.writing() as connection:
        await hooks.keep(
            connection,
            hook_id=key,
            channel="sms",
            received_at=at,
            method="POST",
            url="/",
            headers={},
            body=b"x",
            state=state,
        )
    return key


async def _left(database: Database) -> set[int]:
    async with database.reading() as connection:
        return {row.id for row in await hooks.recent(connection, 100)}


STAYS = [
    pytest.param(OLD, "applied", False, id="applied long ago"),
    pytest.param(LIMIT, "applied", True, id="applied just within its time"),
    pytest.param(OLD, "failed", True, id="failed"),
    pytest.param(OLD, "waiting", True, id="waiting"),
    pytest.param(OLD, "ignored", True, id="ignored"),
]


@pytest.mark.parametrize(("at", "state", "stays"), STAYS)
async def test_only_what_was_applied_long_ago_goes(
    database: Database, at: datetime, state: str, stays: bool
) -> None:
    key = await _keep(database, at, state)
    async with database.writing() as connection:
        assert await hooks.forget(connection, LIMIT, 10) == (0 if stays else 1)
    assert await _left(database) == ({key} if stays else set())


async def test_the_oldest_go_first_and_no_more_than_asked_for(database: Database) -> None:
    keys = [await _keep(database, OLD, "applied", number) for number in range(5)]
    async with database.writing() as connection:
        assert await hooks.forget(connection, LIMIT, 3) == 3
    assert await _left(database) == set(keys[3:])


def test_a_key_lies_between_the_instants_around_its_making() -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    key = Ids().next()
    assert first_at(before) < key < first_at(datetime.now(UTC) + timedelta(seconds=1))


def test_no_key_is_before_the_first_year() -> None:
    assert first_at(datetime(1999, 1, 1, tzinfo=UTC)) == 0
