"""Ten million messages stored: whether accepting is slower than with none, and how long pages take.

Not part of `make bench`, for it takes ten minutes and ten gigabytes: `python -m tests.benchmarks full`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.benchmarks.accept import PREPARED, SECONDS, SETTLE, Numbers
from tests.benchmarks.crowded import OPEN, TALK, fill, seconds_to
from tests.benchmarks.hooks import prepared
from tests.benchmarks.load import flood
from tests.benchmarks.serving import Served, house

COUNT = 10_000_000
ROUNDS = 5
PAGES = 40
REST = 15.0  # the rules are asked about who waits
SHOWN = {
    "the queue, all": "/desk?view=all",
    "the queue, mine": "/desk?view=mine",
    "a conversation that goes on": "/desk/c/{going}",
    "a conversation that is over": "/desk/c/{over}",
}


async def shares(ours: Served) -> list[float]:
    """Return each round's rate of accepting beside that of a house with nothing stored."""
    found, numbers = [], Numbers()
    async with house() as empty:
        for number in range(ROUNDS + 1):
            rates = []
            for one in (empty, ours):
                hooks = prepared("telegram", PREPARED, numbers.take(PREPARED) + 50_000_000)
                result = await flood(one.port, hooks, connections=32, seconds=SECONDS)
                assert set(result.statuses) == {200}, result.statuses
                rates.append(result.rate)
            if number:
                found.append(rates[1] / rates[0])
            else:  # conversations begin, and are given to agents
                await asyncio.sleep(SETTLE)
    return found


async def pages(ours: Served, token: str, people: int) -> list[str]:
    """Return a line for each page: the median and the worst of many."""
    lines = []
    cookies = {"__Host-tidings_session": token}
    async with aiohttp.ClientSession() as client:
        for name, path in SHOWN.items():
            times = []
            for number in range(PAGES):
                going = OPEN * (1 + (number * 997) % (people // OPEN))
                url = f"http://127.0.0.1:{ours.port}" + path.format(going=going, over=going - 1)
                began = time.perf_counter()
                async with client.get(url, cookies=cookies, allow_redirects=False) as response:
                    await response.read()
                    assert response.status == 200, (url, response.status)
                times.append(1_000 * (time.perf_counter() - began))
            lines.append(f"| {name} | {statistics.median(times):.0f} ms | {max(times):.0f} ms | 100 ms |")
    return lines


async def report(count: int = COUNT) -> list[str]:
    """Fill, measure pages, then accepting, as lines of Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        token = await fill(Path(folder), count)
        size = (Path(folder) / "tidings.db").stat().st_size / 2**30
        made = seconds_to(began)
        sys.stderr.write(f"  {count:,} messages, {size:.1f} GiB, made in {made}\n")
        async with house(folder=Path(folder)) as ours:
            await asyncio.sleep(REST)
            shown = await pages(ours, token, count // TALK)
            found = await shares(ours)
            mib = ours.resident_mib
    spread = f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"
    return [
        f"SQLite: {count:,} messages of {count // TALK:,} conversations and as many customers, "
        f"{count // TALK // OPEN} of them waiting, {size:.1f} GiB, made in {made}. "
        "Accepting: in turns with an empty house.",
        "",
        "| what | median | worst | aim |",
        "|---|---|---|---|",
        *shown,
        f"| accepting, of what an empty house accepts | {spread} | | 0.80 |",
        f"| resident afterwards | {mib:.0f} MiB | | |",
    ]
