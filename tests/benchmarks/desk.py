"""From a hook to the Slack post; and the desk's own page over many conversations."""

import asyncio
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from storage import agents, migrate, sessions
from storage.batch import Batch, Rules, Said
from storage.database import Database
from storage.keep_sqlite import SqliteKeeper
from tests.benchmarks import hooks
from tests.benchmarks.load import steady
from tests.benchmarks.serving import house, slack_look_alike

RATES = (100.0, 500.0)  # hooks a second
SECONDS = 20.0
PEOPLE = {100.0: 200, 500.0: 1_000}
PATIENCE = 120.0
STORED = 100_000
PAGES = 40


async def to_slack(rate: float) -> list[float]:
    """Return the milliseconds from each hook's sending to its post at the look-alike, at *rate* a second."""
    hooks.CUSTOMERS = people = PEOPLE[rate]
    async with slack_look_alike() as slack, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{slack.port}"
        async with house("--slack", url) as ours:
            await steady(ours.port, hooks.telegram(1), rate=50, connections=8, seconds=people / 50)
            await _settled(client, url)
            began: dict[int, float] = {}
            start = 1_000_000
            load = _noted(hooks.telegram(start), start, began)
            await steady(ours.port, load, rate=rate, connections=32, seconds=SECONDS)
            calls = await _settled(client, url)
    seen: dict[int, float] = {}
    for call in calls:
        for number in re.findall(r"\b1\d{6}\b", str(call["arguments"].get("text", ""))):
            seen.setdefault(int(number), call["when"])
    missing = set(began) - set(seen)
    assert not missing, f"{len(missing)} of {len(began)} never reached Slack"
    return [1000 * (seen[number] - began[number]) for number in began]


async def _settled(client: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    """Wait until Slack has had nothing new for seconds; returns what it has had."""
    calls: list[dict[str, Any]] = []
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        await asyncio.sleep(3)
        async with client.get(f"{url}/_control/calls?method=chat.postMessage") as response:
            before, calls = len(calls), await response.json()
        if len(calls) == before:
            break
    return calls


def _noted(requests: Any, start: int, began: dict[int, float]) -> Any:
    """Pass requests on, noting when each is taken."""
    for number, request in enumerate(requests, start):
        began[number] = time.time()
        yield request


async def queue_page() -> tuple[float, float]:
    """Return the median milliseconds of the queue page with 100,000 conversations stored, and without."""
    return await _page(STORED), await _page(50)


async def _page(stored: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        token = await _fill(Path(folder), stored)
        async with house(folder=Path(folder)) as ours, aiohttp.ClientSession() as client:
            times = []
            for _ in range(PAGES):
                began = time.perf_counter()
                cookies = {"__Host-tidings_session": token}
                url = f"http://127.0.0.1:{ours.port}/desk?view=all"
                async with client.get(url, cookies=cookies, allow_redirects=False) as response:
                    body = await response.text()
                    assert response.status == 200, response.status
                    assert "row-link" in body
                times.append(1000 * (time.perf_counter() - began))
            return statistics.median(times)


async def _fill(folder: Path, count: int) -> str:
    """Store *count* conversations, a hundredth of them waiting; returns an agent's session."""
    database = Database(f"sqlite:///{folder}/tidings.db")
    await database.open()
    await migrate.upgrade(database)
    keeper = SqliteKeeper(database)
    rules = Rules(team="support", reopen_within=timedelta(hours=72), slack=False)
    now = datetime.now(UTC)
    for at in range(0, count, 1_000):
        said = [_said(number, now) for number in range(at, min(at + 1_000, count))]
        await keeper.keep(Batch(said=said), rules)
    await keeper.close()
    async with database.writing() as connection:
        going_on = f"SELECT id FROM conversations ORDER BY id LIMIT {max(count // 100, 50)}"
        resolved = (
            f"UPDATE conversations SET state = 'resolved', waiting_since = NULL WHERE id NOT IN ({going_on})"
        )
        await connection.exec_driver_sql(resolved)
        entry = {"key": "a0", "name": "Agent 0", "role": "admin", "teams": ["support"]}
        await agents.sync(connection, database.ids, [entry], now)
        agent = await agents.by_key(connection, "a0")
        assert agent is not None
        token = await sessions.begin(connection, agent.id, now=now)
    await database.close()
    return token


def _said(number: int, now: datetime) -> Said:
    at = now - timedelta(seconds=number)
    return Said(
        hook_id=1,
        channel="sms",
        address=f"tel:+4477{number:08d}",
        external_id=f"SM{number}",
        text=f"Where is my order {number}?",
        sent_at=at,
        received_at=at,
        sender_name=f"Customer {number}",
    )


async def report() -> list[str]:
    """Measure both, as lines of Markdown."""
    lines = ["| what | measured | aim |", "|---|---|---|"]
    for rate in RATES:
        latencies = sorted(await to_slack(rate))
        p50, p99 = statistics.median(latencies), latencies[int(len(latencies) * 0.99)]
        aim = "15 ms" if rate == RATES[0] else ""
        lines += [
            f"| hook sent → `chat.postMessage` at Slack, {rate:.0f}/s, p50 | {p50:.1f} ms | {aim} |",
            f"| the same, p99 | {p99:.1f} ms | 100 ms |",
        ]
    full, empty = await queue_page()
    return [
        *lines,
        f"| queue page, {STORED:,} conversations stored | {full:.1f} ms | 50 ms |",
        f"| queue page, 50 conversations stored | {empty:.1f} ms | |",
    ]
