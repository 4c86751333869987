"""What was read of a file is kept, also where the file breaks off."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox.importing.carrying import Load
from inbox.importing.forgotten import Forgotten
from inbox.importing.keeping import TOGETHER, Keeping
from inbox.importing.opening import Unreadable
from inbox.importing.writing import RefusedFile
from storage.database import Database
from storage.importing import Arriving, ready
from storage.migrate import upgrade

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def breaking_off(after: int) -> Iterator[Load]:
    """Give chunks of one row each, and then no more of the file can be read."""
    for line in range(after):
        row = (line, f"{line}", ready(Arriving(ref=f"{line}")), (), ())
        yield Load(rows=1, items=[row], refused=(), reached=line)
    raise Unreadable("Line 9 cannot be read.")


@pytest.mark.parametrize("dry", [False, True])
@pytest.mark.parametrize("after", [0, 1, TOGETHER, TOGETHER + 1])
async def test_rows_before_a_file_breaks_off_are_kept_and_it_is_said(
    tmp_path: Path, after: int, dry: bool
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tidings.db'}")
    await database.open()
    await upgrade(database)
    try:
        with RefusedFile(tmp_path / "c.csv", ["ref"]) as refused:
            keeping = Keeping(
                database=database,
                refused=refused,
                now=NOW,
                source="c.csv",
                forgotten=Forgotten(secrets=()),
                dry=dry,
            )
            with pytest.raises(Unreadable, match="Line 9"):
                await keeping.customers(breaking_off(after))
        async with database.reading() as connection:
            kept = (await connection.exec_driver_sql("SELECT count(*) FROM customers")).scalar_one()
    finally:
        await database.close()
    assert kept == (0 if dry else after)
    assert keeping.tally["made"] == after
