"""The power is cut: what was acknowledged is there, and the cutter itself can tell when it is not."""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.torture.power import cuts
from tests.torture.power_images import images
from tests.torture.power_log import deeds, strace

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="no strace, which records what is written"
)

KEEPS = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")
connection.execute("CREATE TABLE kept (number INTEGER)")
for number in range(60):
    connection.execute("INSERT INTO kept VALUES (?)", (number,))
    print(time.time(), flush=True)
"""


def _lost(folder: Path, synchronous: str) -> int:
    """Count the images in which a row is missing whose commit had come back before the cut."""
    path, log = folder / f"{synchronous}.db", folder / f"{synchronous}.log"
    traced = strace(log, path, path.with_name(f"{path.name}-wal"), folder)
    command = [*traced, sys.executable, "-c", KEEPS, str(path), synchronous]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    moments, done = [float(line) for line in told.stdout.split()], list(deeds(log))
    lost = 0
    for image in images(done, {}, 40, len(done), random.Random(5)):
        after = folder / "after"
        shutil.rmtree(after, ignore_errors=True)
        after.mkdir()
        for name, content in image.files.items():
            (after / Path(name).name).write_bytes(content)
        due = sum(1 for at in moments if at < image.at)
        lost += _rows(after / path.name) < due
    return lost


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])
        except sqlite3.DatabaseError:
            return 0


@pytest.mark.parametrize(("synchronous", "loses"), [("FULL", False), ("NORMAL", True), ("OFF", True)])
def test_the_cutter_finds_who_does_not_wait_for_the_disk(
    tmp_path: Path, synchronous: str, loses: bool
) -> None:
    assert (_lost(tmp_path, synchronous) > 0) is loses


@pytest.mark.timeout(120)
async def test_whatever_the_power_leaves_of_the_file_has_all_that_was_acknowledged(tmp_path: Path) -> None:
    told = await cuts(tmp_path, seed=3, number=20, seconds=2, every=10, customers=8)
    assert told.wrong == []
    assert told.images == 20
    assert told.copied > 2, "the log was copied into the file meanwhile, which is when a cut is worst"
    assert told.acknowledged > 20
    assert told.answers > 0
