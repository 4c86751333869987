"""Accept on PostgreSQL and on JetStream as shares of the bare handler, and two nodes beside one.

Two cores cannot show what a second machine adds, so for that each node is given a part of a core
(Linux's CPU quota, root only): then the nodes are what limits, and the servers and the load are not.
"""

import asyncio
import itertools
import os
import statistics
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from tests.benchmarks.accept import Numbers
from tests.benchmarks.hooks import prepared
from tests.benchmarks.load import flood
from tests.benchmarks.serving import Served, bare, house
from tests.torture.servers import JetStream, Postgres

ROUNDS = 3
SECONDS = 3.0
PREPARED = 30_000
SETTLE = 8.0  # what the stream has is applied, and conversations are given to agents
QUOTA = Path("/sys/fs/cgroup/cpu")
PERIOD = 20_000  # microseconds
PART = 0.4  # of a core, for each node
CASES = [("telegram", 32), ("telegram", 128), ("twilio", 32), ("twilio", 128)]


@asynccontextmanager
async def _servers() -> AsyncIterator[tuple[Postgres, JetStream]]:
    """Run a PostgreSQL and one NATS server, every write of both synced."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, jetstream = Postgres(Path(folder)), JetStream(Path(folder), count=1)
        await postgres.make()
        try:
            await jetstream.start()
            yield postgres, jetstream
        finally:
            await jetstream.end()
            await postgres.end()


async def _empty(postgres: Postgres, name: str) -> str:
    """Make an empty database and give its address."""
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return postgres.url.rpartition("/")[0] + "/" + name


async def _shares(
    kind: str, connections: int, yardstick: Served, ours: Served, numbers: Numbers
) -> tuple[list[float], list[float]]:
    shares, rates = [], []
    for number in range(ROUNDS + 1):
        hooks = prepared(kind, PREPARED, numbers.take(PREPARED))
        bare_one = await flood(
            yardstick.port, itertools.cycle(hooks), connections=connections, seconds=SECONDS
        )
        hooks = prepared(kind, PREPARED, numbers.take(PREPARED))
        result = await flood(ours.port, hooks, connections=connections, seconds=SECONDS)
        assert set(result.statuses) == {200}, result.statuses
        await asyncio.sleep(SETTLE)
        if number:
            shares.append(result.rate / bare_one.rate)
            rates.append(result.rate)
    return shares, rates


async def _accept(postgres: Postgres, jetstream: JetStream) -> list[str]:
    lines = [
        "| journal | hooks | connections | share of the bare handler | hooks/s |",
        "|---|---|---|---|---|",
    ]
    for journal in ("", jetstream.url):
        name = "jetstream" if journal else "database"
        database = await _empty(postgres, f"accept_{name}")
        numbers = Numbers()
        async with bare() as yardstick, house("--database", database, "--journal", journal) as ours:
            await asyncio.sleep(SETTLE)
            for kind, connections in CASES:
                shares, rates = await _shares(kind, connections, yardstick, ours, numbers)
                spread = f"**{statistics.median(shares):.0%}** ({min(shares):.0%} to {max(shares):.0%})"
                what = "JetStream" if journal else "PostgreSQL"
                rate = f"{statistics.median(rates):,.0f}"
                lines.append(f"| {what} | {kind} | {connections} | {spread} | {rate} |")
    return lines


@contextmanager
def _part_of_a_core(*pids: int) -> Iterator[None]:
    """Give each process `PART` of a core, and no more."""
    places = [QUOTA / f"tidings-{pid}" for pid in pids]
    for place, pid in zip(places, pids, strict=True):
        place.mkdir()
        (place / "cpu.cfs_period_us").write_text(str(PERIOD))
        (place / "cpu.cfs_quota_us").write_text(str(int(PERIOD * PART)))
        for task in Path(f"/proc/{pid}/task").iterdir():
            (place / "tasks").write_text(task.name)
    try:
        yield
    finally:
        for place, pid in zip(places, pids, strict=True):
            for task in Path(f"/proc/{pid}/task").iterdir():
                (QUOTA / "tasks").write_text(task.name)
            place.rmdir()


async def _rate(nodes: list[Served], numbers: Numbers) -> float:
    """Flood all *nodes* at once; gives the hooks a second that they took together."""
    floods = [
        flood(
            node.port,
            prepared("telegram", PREPARED, numbers.take(PREPARED)),
            connections=16,
            seconds=2 * SECONDS,
        )
        for node in nodes
    ]
    results = await asyncio.gather(*floods)
    assert all(set(one.statuses) == {200} for one in results), [one.statuses for one in results]
    return sum(one.rate for one in results)


async def _two(postgres: Postgres, jetstream: JetStream) -> list[str]:
    if os.geteuid() != 0 or (not os.access(QUOTA / "cpu.cfs_quota_us", os.R_OK) and not QUOTA.is_dir()):
        return ["", "Two nodes beside one: not measured here, as no CPU quota can be set."]
    database, numbers = await _empty(postgres, "two"), Numbers()
    options = ("--database", database, "--journal", jetstream.url)
    ratios, ones, twos = [], [], []
    async with house(*options) as first:
        await asyncio.sleep(SETTLE)
        for _ in range(ROUNDS):
            with _part_of_a_core(first.pid):
                ones.append(await _rate([first], numbers))
            await asyncio.sleep(SETTLE)
        async with house(*options) as second:
            await asyncio.sleep(SETTLE)
            for one in ones:
                with _part_of_a_core(first.pid, second.pid):
                    twos.append(await _rate([first, second], numbers))
                await asyncio.sleep(SETTLE)
                ratios.append(twos[-1] / one)
    spread = f"**{statistics.median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})"
    alone, both = statistics.median(ones), statistics.median(twos)
    return [
        "",
        f"Two nodes, each with {PART:.0%} of a core: {spread} times what one such node takes "
        f"({both:,.0f} against {alone:,.0f} hooks/s; JetStream, each write synced).",
    ]


async def report() -> list[str]:
    """Measure everything, as lines of Markdown."""
    async with _servers() as (postgres, jetstream):
        return [*await _accept(postgres, jetstream), *await _two(postgres, jetstream)]
