"""Hooks a second, durable before the 200, as a share of a handler that only checks an HMAC."""

import asyncio
import itertools
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.benchmarks.hooks import prepared
from tests.benchmarks.load import Result, flood, steady
from tests.ports import free_port

ROUNDS = 5
SECONDS = 2.0
PREPARED = 30_000


@asynccontextmanager
async def serving(*arguments: str, port: int) -> AsyncIterator[int]:
    """Run a server in a process of its own until the block ends."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments)
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError as error:
                if process.returncode is not None:
                    raise RuntimeError(f"{arguments[0]} ended with {process.returncode}") from error
                await asyncio.sleep(0.05)
            else:
                writer.close()
                break
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def bare() -> AsyncIterator[int]:
    """Serve the yardstick."""
    port = free_port()
    async with serving("tests.benchmarks.bare", str(port), port=port) as served:
        yield served


@asynccontextmanager
async def house(mode: str = "whole", fsync_ms: float = 0) -> AsyncIterator[int]:
    """Serve the house on an empty database."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--folder", folder, "--mode", mode, "--fsync-ms", str(fsync_ms)]
        async with serving("tests.benchmarks.house", *options, port=port) as served:
            yield served


class Numbers:
    """Numbers that no two rounds share, so that no message is a duplicate."""

    def __init__(self) -> None:
        self._next = 1

    def take(self, count: int) -> int:
        """Reserve *count* numbers."""
        start, self._next = self._next, self._next + count
        return start


async def ratios(kind: str, connections: int, mode: str, rounds: int = ROUNDS) -> tuple[list[float], float]:
    """Return each round's share of the yardstick, and the house's median rate a second."""
    shares, rates, numbers = [], [], Numbers()
    async with bare() as bare_port, house(mode) as house_port:
        for round_number in range(rounds + 1):
            results: list[Result] = []
            for port in (bare_port, house_port):
                hooks = prepared(kind, PREPARED, numbers.take(PREPARED))
                if port == bare_port:  # it remembers nothing, and would soon have seen them all
                    hooks = itertools.cycle(hooks)
                results.append(await flood(port, hooks, connections=connections, seconds=SECONDS))
            yardstick, ours = results
            assert set(ours.statuses) == {200}, ours.statuses
            if round_number:  # the first warms up
                shares.append(ours.rate / yardstick.rate)
                rates.append(ours.rate)
    return shares, statistics.median(rates)


async def at_half_load(rate: float, fsync_ms: float) -> Result:
    """Load the house with *rate* Telegram hooks a second over 32 connections."""
    numbers = Numbers()
    async with house(fsync_ms=fsync_ms) as port:
        await flood(port, prepared("telegram", 5_000, numbers.take(5_000)), connections=32, seconds=1)
        hooks = prepared("telegram", int(rate * 6) + 10, numbers.take(100_000))
        return await steady(port, hooks, rate=rate, connections=32, seconds=5)


async def report() -> list[str]:
    """Measure everything, as lines of a Markdown table."""
    lines = [
        "| hooks | connections | transaction | share of bare handler | hooks/s |",
        "|---|---|---|---|---|",
    ]
    half = 0.0
    cases = [
        ("telegram", 4),
        ("telegram", 32),
        ("telegram", 128),
        ("twilio", 4),
        ("twilio", 32),
        ("twilio", 128),
    ]
    for kind, connections in cases:
        shares, rate = await ratios(kind, connections, "whole")
        low, high = min(shares), max(shares)
        share = f"**{statistics.median(shares):.0%}** ({low:.0%}–{high:.0%})"
        lines.append(f"| {kind} | {connections} | a batch | {share} | {rate:,.0f} |")
        if (kind, connections) == ("telegram", 32):
            half = rate / 2
    for kind in ("telegram", "twilio"):
        shares, rate = await ratios(kind, 32, "single", rounds=3)
        lines.append(f"| {kind} | 32 | one a hook | {statistics.median(shares):.0%} | {rate:,.0f} |")
    lines += ["", "| at half that load | p50 ms | p99 ms |", "|---|---|---|"]
    for fsync_ms in (0, 4):
        result = await at_half_load(half, fsync_ms)
        name = "this disk" if not fsync_ms else f"each fsync {fsync_ms} ms slower"
        lines.append(f"| {name} | {result.percentile(0.5):.1f} | {result.percentile(0.99):.1f} |")
    return lines


if __name__ == "__main__":
    print("\n".join(asyncio.run(report())))
