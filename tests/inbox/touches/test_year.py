"""Some weeks of a made-up year: people in 60 zones, stops, outages, and a process that dies at any point."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from tests.benchmarks.year import come, following, prepared, rows_of
from tests.benchmarks.year_check import check
from tests.benchmarks.year_crowd import Someone, Story, events, story
from tests.benchmarks.year_node import Node

PEOPLE, DAYS = 60, 14


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
    ahead, now, node = events(told), told.begin, None
    while now <= told.end:
        if node is None:
            node = Node(url=url, folder=folder, log=log, told=told, die=reaper)
        try:
            if not hasattr(node, "database"):
                await node.begin(now)
            if happened := come(ahead, now):
                await node.befall(happened)
                del ahead[: len(happened)]
            asked = await node.step(now)
            reaper("after")
        except Dead:
            await _buried(node)
            reaper.dead, node = False, None
            continue
        now = following(told, now, [asked], ahead)
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


async def test_nobody_is_written_to_twice_at_night_after_a_stop_or_forgotten(tmp_path: Path) -> None:
    told, reaper = story(PEOPLE, DAYS, 7, crowded=True), Reaper(7, 0.01)
    await _lived(told, tmp_path, reaper)
    found = check(told, tmp_path / "providers.log", await rows_of(f"sqlite:///{tmp_path / 'tidings.db'}"))
    assert found.wrong == []
    assert found.birthdays > PEOPLE * 0.8
    assert found.orders > PEOPLE * 0.3
    assert found.sent > found.eligible * 0.5
    assert set(reaper.points) >= {"before", "not committed", "committed"}, "it died where it matters"


def _with(folder: Path, *lines: str) -> Path:
    log = folder / "providers.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    return log


def _plain(told: Story, **wanted: bool) -> Someone:
    """Find somebody who allowed it and never stops, whose one order went back or brought words, or not."""
    for who in told.people:
        if who.asked and who.stops_at is None and len(who.orders) == 1:
            order = who.orders[0]
            if {"returned": order.returned_at is not None, "wrote": order.wrote_at is not None} == wanted:
                return who
    raise AssertionError(wanted)


def _line(who: Someone, at: datetime, number: int, words: str = "Happy birthday!") -> str:
    return f"{at.isoformat()}\t{who.places[0][1]}\ttouch:{number}:1:0\t{words}"


def test_the_checker_sees_each_kind_of_wrong(tmp_path: Path) -> None:
    told = story(60, DAYS, 7, crowded=True)
    who = next(one for one in told.people if one.asked and one.stops_at is None and one.zone == "Asia/Tokyo")
    noon = datetime(2027, *who.birthday, 3, tzinfo=UTC)  # in Tokyo
    log = _with(tmp_path, _line(who, noon, 1), _line(who, noon + timedelta(hours=11), 2))
    found = check(told, log, [(who.id, "birthday", "2027", "sent", "")])
    assert (len(found.doubles), len(found.outside), len(found.crowded)) == (1, 1, 1)
    assert len(found.unaccounted) == found.eligible - 1
    stopped = next(one for one in told.people if one.asked and one.stops_at is not None)
    assert stopped.stops_at is not None
    found = check(told, _with(tmp_path, _line(stopped, stopped.stops_at + timedelta(hours=1), 1)), [])
    assert len(found.after_stop) == 1


@pytest.mark.parametrize(
    ("returned", "wrote", "days", "hours", "wrong"),
    [
        (False, False, 3, 18.0, []),
        (False, False, 5, 20.9, []),
        (False, False, 3, 17.5, ["outside"]),
        (False, False, 4, 21.0, ["outside"]),
        (False, False, 6, 18.5, ["outside"]),
        (True, False, 5, 12.0, ["unwanted"]),
        (False, True, 5, 12.0, ["unwanted"]),
    ],
    ids=["at its hour", "the last evening", "too early", "at night", "too late", "sent back", "they wrote"],
)
def test_the_checker_sees_what_is_wrong_with_a_follow_up(
    tmp_path: Path, returned: bool, wrote: bool, days: int, hours: float, wrong: list[str]
) -> None:
    told = story(400, 40, 7, crowded=True)
    who = _plain(told, returned=returned, wrote=wrote)
    order, zone = who.orders[0], ZoneInfo(who.zone)
    midnight = datetime.combine(
        order.delivered_at.astimezone(zone).date() + timedelta(days=days), time(), zone
    )
    at = (midnight + timedelta(hours=hours)).astimezone(UTC)
    row = (who.id, "after_delivery", f"order {order.number}", "sent", "")
    found = check(told, _with(tmp_path, _line(who, at, 1, f"Is all well with {order.number}?")), [row])
    lists = ("doubles", "outside", "crowded", "after_stop", "unwanted")
    assert [name for name in lists if getattr(found, name)] == wrong
    assert not any(order.number in one for one in found.unaccounted)
