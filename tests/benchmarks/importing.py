"""A million customers from a file, as `tidings import customers` brings them in; a tenth of it twice.

`python -m tests.benchmarks.importing` prints the table; --rows makes it shorter.
"""

import argparse
import asyncio
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from inbox.collecting import collect_seldom
from inbox.importing.whole import Asked, keep, look
from storage.database import Database
from storage.migrate import upgrade

ROWS = 1_000_000
AIM = 20_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = ("Ana Silva", "Rui Costa", "Eva Martín", "Luis Ortega", "Marta Pérez", "John Smith", "Zoë O'Neill")
HEAD = "Customer ID;Name;Mobile;E-mail;Date of birth;Language;Country;Tier;Consent;Proof\n"


def write(path: Path, rows: int) -> None:
    """Write customers of Spain, Portugal and the United Kingdom; half allow marketing, in no order."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for row in range(rows):
            number = (row * 7919) % 10_000_000
            code, language, country = (
                (f"+346{number:08d}", "es", "ES"),
                (f"+3519{draw.choice('1236')}{number:07d}", "pt", "PT"),
                (f"+4477{number:08d}", "en", "GB"),
            )[row % 3]
            born = date(1940, 1, 1) + timedelta(days=draw.randrange(25_000))
            yes = f"yes;form {row}" if row % 2 else ";"
            mail = f"c{row}@example.com" if row % 4 == 0 else ""
            file.write(
                f"C{row};{draw.choice(NAMES)};{code};{mail};{born:%d/%m/%Y};{language};{country};iron;{yes}\n"
            )


@contextmanager
def unwatched(label: str, size: int) -> Iterator[Callable[[int], object]]:
    """Show no bar."""
    yield lambda _: None


async def bring(folder: Path) -> dict[str, int]:
    """Look at the file and keep it."""
    asked = Asked(path=folder / "customers.csv", region="ES", zone="Europe/Madrid", channels={"tel": "sms"})
    looked = look("customers", asked, NOW, unwatched)
    database = Database(f"sqlite:///{folder / 'tidings.db'}")
    await database.open()
    await upgrade(database)
    try:
        return await keep(database, looked, asked, NOW, unwatched)
    finally:
        await database.close()


def _resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One file brought in: seconds by the clock and of the processor, resident MiB before and at most.

    *worked* is of the process that keeps, *read* of the one that reads ahead of it.
    """

    seconds: float
    worked: float
    read: float
    before: float
    most: float
    tally: dict[str, int]


def _measured(folder: Path, pipe: Any) -> None:
    collect_seldom()  # as the command does
    before = _resident_mib()
    began, worked = time.perf_counter(), time.process_time()
    tally = dict(asyncio.run(bring(folder)))
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    beside = resource.getrusage(resource.RUSAGE_CHILDREN)
    read = beside.ru_utime + beside.ru_stime
    most = _resident_mib()
    pipe.send(Run(seconds=seconds, worked=worked, read=read, before=before, most=most, tally=tally))


def measured(folder: Path) -> Run:
    """Bring the file in within a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(folder, theirs))
    process.start()
    answer: Run = ours.recv()
    process.join()
    return answer


async def report(rows: int = ROWS) -> list[str]:
    """Bring in a tenth twice, then all; rows a second, the processor's time of a row, and the most memory."""
    lines = [
        "| customers | rows/s | aim | µs of CPU a row | µs of the reading process | MiB before | most MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for many, labels in ((rows // 10, ("new", "the same file again")), (rows, ("new",))):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder / "customers.csv", many)
            for label in labels:
                run = await asyncio.to_thread(measured, folder)
                if run.tally["made" if label == "new" else "same"] != many:
                    raise AssertionError(run.tally)
                worked, read = run.worked * 1e6 / many, run.read * 1e6 / many
                figures = f"{many / run.seconds:,.0f} | {AIM:,} | {worked:.0f} | {read:.0f}"
                lines.append(f"| {many:,}, {label} | {figures} | {run.before:.0f} | {run.most:.0f} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    print("\n".join(asyncio.run(report(parser.parse_args().rows))))
