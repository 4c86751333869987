"""Hooks a second, durable before the 200, as a share of a handler that only checks an HMAC."""

import asyncio
import itertools
import statistics

from tests.benchmarks.hooks import prepared
from tests.benchmarks.load import Result, flood, steady
from tests.benchmarks.serving import bare, house

ROUNDS = 3
SECONDS = 2.0
PREPARED = 25_000
SETTLE = 4.0
# The mark is read at 32. They barely carry half the load to a slow disk: at 7,000 hooks a second a turn of
# all of them lasts 4.6 ms, with 4 ms more it lasts 8.6, and 32 in 8.6 ms are 3,700 a second. What comes
# over as many connections as it needs is shown beside it.
STEADY_CONNECTIONS = (32, 128)
CASES = [(kind, connections) for kind in ("telegram", "twilio") for connections in (4, 32, 128)]


class Numbers:
    """Numbers that no two rounds share, so that no message is a duplicate."""

    def __init__(self) -> None:
        self._next = 1

    def take(self, count: int) -> int:
        """Reserve *count* numbers."""
        start, self._next = self._next, self._next + count
        return start


async def ratios(
    kind: str, connections: int, *options: str, rounds: int = ROUNDS
) -> tuple[list[float], float]:
    """Return each round's share of the yardstick, and the house's median rate a second."""
    shares, rates, numbers = [], [], Numbers()
    async with bare() as yardstick, house(*options) as ours:
        for round_number in range(rounds + 1):
            results: list[Result] = []
            for served in (yardstick, ours):
                hooks = prepared(kind, PREPARED, numbers.take(PREPARED))
                if served is yardstick:  # it remembers nothing, and would soon have seen them all
                    hooks = itertools.cycle(hooks)
                results.append(await flood(served.port, hooks, connections=connections, seconds=SECONDS))
            assert set(results[1].statuses) == {200}, results[1].statuses
            if round_number:
                shares.append(results[1].rate / results[0].rate)
                rates.append(results[1].rate)
            else:  # the first warms up, and the conversations that began are given to agents
                await asyncio.sleep(SETTLE)
    return shares, statistics.median(rates)


async def at_half_load(rate: float, connections: int, fsync_ms: float) -> Result:
    """Load the house with *rate* Telegram hooks a second, whatever became of those before."""
    numbers = Numbers()
    async with house("--fsync-ms", str(fsync_ms)) as ours:
        warm = prepared("telegram", PREPARED, numbers.take(PREPARED))
        await flood(ours.port, warm, connections=32, seconds=1)
        await asyncio.sleep(SETTLE)  # the thousand conversations that began are given to agents first
        hooks = prepared("telegram", int(rate * 6) + 10, numbers.take(100_000))
        return await steady(ours.port, hooks, rate=rate, connections=connections, seconds=5)


async def report() -> list[str]:
    """Measure everything, as lines of Markdown."""
    lines = [
        "| hooks | connections | transaction | share of the bare handler | hooks/s |",
        "|---|---|---|---|---|",
    ]
    half = 0.0
    for kind, connections in CASES:
        shares, rate = await ratios(kind, connections)
        spread = f"**{statistics.median(shares):.0%}** ({min(shares):.0%} to {max(shares):.0%})"
        lines.append(f"| {kind} | {connections} | one a batch | {spread} | {rate:,.0f} |")
        if (kind, connections) == ("telegram", 32):
            half = rate / 2
    for kind in ("telegram", "twilio"):
        shares, rate = await ratios(kind, 32, "--mode", "single", rounds=3)
        lines.append(f"| {kind} | 32 | one a hook | {statistics.median(shares):.0%} | {rate:,.0f} |")
    lines += ["", f"| {half:,.0f} Telegram hooks/s | connections | p50 ms | p99 ms |", "|---|---|---|---|"]
    for fsync_ms in (0, 4):
        for connections in STEADY_CONNECTIONS:
            result = await at_half_load(half, connections, fsync_ms)
            name = f"each fsync {fsync_ms} ms slower" if fsync_ms else "this disk"
            times = f"{result.percentile(0.5):.1f} | {result.percentile(0.99):.1f}"
            lines.append(f"| {name} | {connections} | {times} |")
    return lines
