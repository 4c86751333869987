"""Some weeks of a made-up year: people in 60 zones, stops, outages, and a process that dies at any point."""

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from tests.benchmarks.year import following, instants, prepared, rows_of
from tests.benchmarks.year_check import check
from tests.benchmarks.year_crowd import Story, story
from tests.benchmarks.year_node import Node

PEOPLE, DAYS = 100, 14


class Dead(BaseException):
    """The process is gone; nothing of it may go on."""


class Reaper:
    """Kills at points drawn by lot, and whoever is dead does nothing any more."""

    def __init__(self, seed: int, share: float) -> None:
        self.dice = random.Random(seed)
        self.share = share
        self.dead = False
        self.points: list[str] = []

    def __call__(self, point: str) -> None:
        if not self.dead and self.dice.random() < self.share:
            self.dead = True
            self.points.append(point)
        if self.dead:
            raise Dead


async def _lived(told: Story, folder: Path, reaper: Reaper) -> None:
    url, log = f"sqlite:///{folder / 'tidings.db'}", folder / "providers.log"
    await prepared(url, told)
    stops, now, node = list(instants(told)), told.begin, None
    while now <= told.end:
        if node is None:
            node = Node(url=url, folder=folder, log=log, told=told, die=reaper)
        try:
            if not hasattr(node, "database"):
                await node.begin(now)
            while stops and stops[0][0] <= now:
                at, keys = stops[0]
                await node.stop(keys, at)
                stops.pop(0)
            asked = await node.step(now)
            reaper("after")
        except Dead:
            await _buried(node)
            reaper.dead, node = False, None
            continue
        now = following(told, now, [asked], stops[0][0] if stops else None)
    assert node is not None
    await node.database.close()


async def _buried(node: Node) -> None:
    """Let what was under way see that it is dead, as the kernel would."""
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    if hasattr(node, "database"):
        await node.database.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


async def test_nobody_is_greeted_twice_at_night_after_a_stop_or_forgotten(tmp_path: Path) -> None:
    told, reaper = story(PEOPLE, DAYS, 7, crowded=True), Reaper(7, 0.01)
    await _lived(told, tmp_path, reaper)
    found = check(told, tmp_path / "providers.log", await rows_of(f"sqlite:///{tmp_path / 'tidings.db'}"))
    assert found.wrong == []
    assert found.eligible > PEOPLE * 0.8
    assert found.sent > found.eligible * 0.5
    assert set(reaper.points) >= {"before", "not committed", "committed"}, "it died where it matters"


def _with(folder: Path, *lines: str) -> Path:
    log = folder / "providers.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    return log


def test_the_checker_sees_each_kind_of_wrong(tmp_path: Path) -> None:
    told = story(60, DAYS, 7, crowded=True)
    who = next(one for one in told.people if one.asked and one.stops_at is None and one.zone == "Asia/Tokyo")
    month, day = who.birthday
    address = who.places[0][1]
    noon = f"2027-{month:02}-{day:02}T03:00:00+00:00\t{address}\ttouch:1:1:0"
    night = f"2027-{month:02}-{day:02}T14:00:00+00:00\t{address}\ttouch:1:2:0"
    found = check(told, _with(tmp_path, noon, night), [(who.id, "2027", "sent", "")])
    assert (len(found.doubles), len(found.outside)) == (1, 1)
    assert len(found.unaccounted) == found.eligible - 1
    stopped = next(one for one in told.people if one.asked and one.stops_at is not None)
    assert stopped.stops_at is not None
    late = (stopped.stops_at + timedelta(hours=1)).isoformat()
    found = check(told, _with(tmp_path, f"{late}\t{stopped.places[0][1]}\ttouch:1:1:0"), [])
    assert len(found.after_stop) == 1
