"""A thousand never-seen customers at once: how long known customers' hooks wait meanwhile.

Run alone: `python -m tests.benchmarks.burst`.
"""

import asyncio
import sqlite3
import statistics
import time
from itertools import chain, repeat
from pathlib import Path

from tests.benchmarks.hooks import CUSTOMERS, prepared
from tests.benchmarks.load import Result, steady
from tests.benchmarks.serving import house, slack_look_alike

ROUNDS = 3
RATE = 300  # known customers' hooks a second
SECONDS = 3.0
BURST_RATE = 4_000
PATIENCE = 60.0


async def _all_given(folder: Path) -> float:
    """Wait until every conversation has an owner; returns the seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        with sqlite3.connect(f"file:{folder}/tidings.db?mode=ro", uri=True) as connection:
            open_ones, unowned = connection.execute(
                "SELECT count(*), sum(owner_id IS NULL) FROM conversations"
            ).fetchone()
        if open_ones and not unowned:
            return time.perf_counter() - began
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{unowned} of {open_ones} conversations are nobody's")


async def _round(*options: str) -> tuple[Result, float]:
    async with house(*options) as ours:
        known = chain(prepared("twilio", CUSTOMERS, 1), repeat(b""))
        await steady(ours.port, known, rate=500, connections=8, seconds=CUSTOMERS / 500)
        await _all_given(ours.folder)
        again = prepared("twilio", int(RATE * SECONDS) + 10, CUSTOMERS + 1)
        fresh = prepared("telegram", CUSTOMERS, 1)
        seen, _, took = await asyncio.gather(
            steady(ours.port, again, rate=RATE, connections=32, seconds=SECONDS),
            steady(ours.port, fresh, rate=BURST_RATE, connections=32, seconds=CUSTOMERS / BURST_RATE),
            _given_after(ours.folder),
        )
        assert set(seen.statuses) == {200}, seen.statuses
        return seen, took


async def _given_after(folder: Path) -> float:
    """Wait until the burst has begun, then until it is given away."""
    await asyncio.sleep(CUSTOMERS / BURST_RATE)
    return CUSTOMERS / BURST_RATE + await _all_given(folder)


async def _measured(*options: str) -> list[str]:
    """Return p50, p90, p99 and the slowest in ms, and the seconds until all is given, of the median round."""
    rounds = [await _round(*options) for _ in range(ROUNDS)]
    figures = [
        statistics.median(result.percentile(share) for result, _ in rounds) for share in (0.5, 0.9, 0.99, 1)
    ]
    given = statistics.median(took for _, took in rounds)
    return [*(f"{figure:.0f}" for figure in figures), f"{given:.1f}"]


async def report() -> list[str]:
    """Measure without Slack and with it, as lines of Markdown."""
    lines = [
        "| hooks of known customers in a burst | p50 ms | p90 ms | p99 ms | slowest ms | all given, s |",
        "|---|---|---|---|---|---|",
        f"| browser only | {' | '.join(await _measured())} |",
    ]
    async with slack_look_alike() as slack:
        figures = await _measured("--slack", f"http://127.0.0.1:{slack.port}")
    return [*lines, f"| Slack too, its look-alike on the same cores | {' | '.join(figures)} |"]


if __name__ == "__main__":
    print("\n".join(asyncio.run(report())))
