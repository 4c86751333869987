"""The power is cut, again and again, under one recorded life of a busy house; with a seed.

strace writes down what the house does to its database's files, and the moments at which hooks got their 200
and Ana's answers were taken are written down beside it. From that, disks are made as a cut may leave them.
Each is opened by the application's own storage: the file must be whole, and whatever had been acknowledged
before the cut must be there.
"""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from storage.database import Database
from storage.migrate import upgrade
from tests.road.processes import PROJECT, python, running, until
from tests.torture.embedded_house import House, house
from tests.torture.embedded_load import Ana, Crowd
from tests.torture.power_images import Image, count_kinds, images
from tests.torture.power_log import Deed, deeds, strace

WAITING = ("queued", "ready")


@dataclass(slots=True, kw_only=True)
class Recorded:
    """One life: the files it began with, what was done to them, and what was acknowledged when."""

    begun: dict[str, bytes]
    deeds: Sequence[Deed] = ()
    taken: list[tuple[float, str, str]] = field(default_factory=list)
    said: list[tuple[float, str]] = field(default_factory=list)
    sent: list[tuple[float, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What so many cuts left; `wrong` is empty where all is well."""

    seed: int
    images: int
    ways: dict[str, int]
    in_log: dict[str, int]
    commits: int
    copied: int
    acknowledged: int
    answers: int
    wrong: list[str]

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"seed {self.seed}: {self.images} images of {self.commits} commits and {self.copied} copyings of "
            f"the log, with {self.acknowledged} messages and {self.answers} answers acknowledged in the end; "
            f"wrong {len(self.wrong)}; ways {self.ways}; log {self.in_log}"
        )


async def cuts(
    folder: Path, *, seed: int, number: int, seconds: float, every: int = 100, customers: int = 20
) -> Cut:
    """Record a life of so many *seconds* in *folder*, and cut it *number* times.

    The log is copied after *every* so many commits; in life it is after 100. Raises FileNotFoundError
    where there is no strace.
    """
    dice = random.Random(seed)
    async with house(folder) as home:
        recorded = await _record(home, seed, seconds, every, customers)
    place = folder / "after"
    wrong, ways, count = [], Counter[str](), 0
    made = images(recorded.deeds, recorded.begun, number, len(recorded.deeds), dice)
    for image in made:
        count, ways[image.way] = count + 1, ways[image.way] + 1
        found = await _wrong(image, recorded, home.database, place, dice)
        wrong += [f"cut {count} at step {image.deed} ({image.way}): {one}" for one in found]
    kinds = count_kinds(recorded.deeds)
    return Cut(
        seed=seed,
        images=count,
        ways=dict(ways),
        in_log=kinds,
        commits=kinds.get("tidings.db-wal sync", 0),
        copied=kinds.get("tidings.db sync", 0),
        acknowledged=len(recorded.taken),
        answers=len(recorded.said),
        wrong=wrong,
    )


async def _record(home: House, seed: int, seconds: float, every: int, customers: int) -> Recorded:
    """Let a house live under strace; all that another program writes is written before."""
    link = await home.link()
    _on_its_own(home.database)
    recorded = Recorded(begun={str(home.database): home.database.read_bytes()})
    log = home.place.folder / "strace.log"
    wal = home.database.with_name(f"{home.database.name}-wal")
    config = str(home.place.folder / "tidings.toml")
    command = python("tests.torture.power_house", str(every), "--config", config, "run", "--no-link")
    traced = [*strace(log, home.database, wal, home.database.parent), *command]
    env = {**os.environ, **home.env, "PYTHONPATH": str(PROJECT)}
    async with running(*traced, folder=home.place.folder, name="traced", env=env) as program:
        await until(home.ready, seconds=60)
        await _live(home, link, recorded, seed, seconds, customers)
        for child in _children(program.process.pid):
            os.kill(child, signal.SIGTERM)
        assert await asyncio.wait_for(program.process.wait(), 30) == 0, program.output()
    recorded.sent = [(one["date"] + 1.0, one["text"]) for one in await home.place.telegram.get("sent")]
    recorded.deeds = list(deeds(log))
    log.unlink()
    return recorded


def _on_its_own(database: Path) -> None:
    """Leave one file, so that all of it is on the disk when the recording begins."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert not database.with_name(f"{database.name}-wal").exists()


async def _live(
    home: House, link: str, recorded: Recorded, seed: int, seconds: float, customers: int
) -> None:
    def taken(who: str, text: str) -> None:
        recorded.taken.append((time.time(), who, text))

    crowd = Crowd(house=home, dice=random.Random(seed + 1), customers=customers, on_taken=taken)
    csrf = await home.sign_in(link)
    ana = Ana(
        house=home,
        dice=random.Random(seed + 2),
        csrf=csrf,
        on_said=lambda text: recorded.said.append((time.time(), text)),
    )
    tasks = [asyncio.create_task(crowd.write()), asyncio.create_task(ana.answer())]
    await asyncio.sleep(seconds)
    crowd.stopping = ana.stopping = True
    await asyncio.gather(*tasks)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _wrong(
    image: Image, recorded: Recorded, database: Path, place: Path, dice: random.Random
) -> list[str]:
    """Open what a cut left as tidings would, and say what is wrong with it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for path, content in image.files.items():
        (place / Path(path).name).write_bytes(content)
    kept = place / database.name
    kept.with_name(f"{kept.name}-shm").write_bytes(dice.randbytes(32_768))  # what stood in memory is junk
    opened = Database(f"sqlite:///{kept}")
    try:
        await opened.open()
        await upgrade(opened)
        await opened.go_on()
        async with opened.reading() as connection:
            [(whole,)] = await connection.exec_driver_sql("PRAGMA integrity_check")
            texts = Counter(
                text
                for (text,) in await connection.exec_driver_sql(
                    "SELECT text FROM messages WHERE direction IN ('in', 'out')"
                )
            )
            rows = await connection.exec_driver_sql(
                """SELECT m.text, d.state FROM messages m JOIN deliveries d ON d.message_id = m.id
                   WHERE m.direction = 'out' AND d.kind = 'message'"""
            )
            states = {row["text"]: row["state"] for row in rows.mappings()}
    except Exception as error:  # noqa: BLE001 (whatever it is, the disk was not readable)
        return [f"{type(error).__name__}: {error}"]
    finally:
        await opened.close()
    due = [text for at, _, text in recorded.taken if at < image.at]
    due += [text for at, text in recorded.said if at < image.at]
    wrong = [] if whole == "ok" else [f"not whole: {whole}"]
    wrong += [f"acknowledged, and there {texts[text]} times: {text}" for text in due if texts[text] != 1]
    return wrong + [
        f"the provider has it, and it would be sent again: {text}"
        for at, text in recorded.sent
        if at < image.at and states.get(text) in WAITING
    ]
