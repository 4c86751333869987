"""What a channel must know again is there for whoever listens next."""

import pytest
from structlog.testing import capture_logs

from inbox.remembered import Remembered
from storage.database import Database
from storage.leases import Stale


async def test_another_node_reads_what_was_written_last(database: Database) -> None:
    first, second = (Remembered(name="discord", database=database) for _ in range(2))
    assert await first.read() is None
    await first.write({"a": 1})
    await first.write({"a": [2, None]})
    assert await second.read() == {"a": [2, None]}
    assert await Remembered(name="discord-us", database=database).read() is None


async def test_who_is_owner_no_more_writes_nothing_over_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Remembered(name="discord", database=database)
    await memory.write("the new owner's")
    monkeypatch.setattr(Database, "writing", _stale)
    with capture_logs() as logs:
        await memory.write("old")
    assert [(line["event"], line["error"]) for line in logs] == [("not remembered", "Stale")]
    assert await memory.read() == "the new owner's"


def _stale(_: Database) -> None:
    raise Stale
