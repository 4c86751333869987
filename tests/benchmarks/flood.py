"""One customer floods while twenty others write now and then: how long the others' words take to Slack.

Run alone: `python -m tests.benchmarks.flood`.
"""

import asyncio
import itertools
import json
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

import aiohttp

from tests.benchmarks.hooks import TELEGRAM_SECRET, WORDS
from tests.benchmarks.load import steady
from tests.benchmarks.serving import house, slack_look_alike

OTHERS = 20
EACH_SECOND = 2.5  # of the others together
FLOOD = 200  # a second, of the one
SECONDS = 10.0
POSTS = 4.0  # Slack's budget a second; a real one has 1, and everything here is four times as fast
PATIENCE = 90.0


def _said(who: int, number: int) -> bytes:
    person = {"id": 7_000_000 + who, "first_name": f"Customer {who}", "is_bot": False}
    message = {"message_id": number, "from": person, "chat": {"id": person["id"], "type": "private"}}
    message |= {"date": int(time.time()), "text": f"{WORDS[:80]} {number}"}
    body = json.dumps({"update_id": number, "message": message}).encode()
    head = f"POST /hooks/telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}\r\n\r\n"
    return head.encode() + body


def _others(start: int, began: dict[int, float]) -> Iterator[bytes]:
    for number in itertools.count(start):
        began[number] = time.time()
        yield _said(1 + number % OTHERS, number)


async def _posted(client: aiohttp.ClientSession, url: str) -> dict[int, float]:
    """Say when each message first stood in a post at the look-alike."""
    async with client.get(f"{url}/_control/calls?method=chat.postMessage") as response:
        calls: list[dict[str, Any]] = await response.json()
    seen: dict[int, float] = {}
    for call in calls:
        for number in re.findall(r"\b[123]\d{6}\b", str(call["arguments"].get("text", ""))):
            seen.setdefault(int(number), call["when"])
    return seen


async def _until_posted(client: aiohttp.ClientSession, url: str, wanted: set[int]) -> dict[int, float]:
    began = time.perf_counter()
    while wanted - (seen := await _posted(client, url)).keys():
        if time.perf_counter() - began > PATIENCE:
            break
        await asyncio.sleep(0.5)
    return seen


async def waits(*, flood: bool, pace: float = POSTS) -> list[float]:
    """Return the seconds from each of the others' hooks to its post; one not posted counts as `PATIENCE`."""
    async with slack_look_alike() as slack, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{slack.port}"
        async with house("--slack", url, "--pace", str(pace)) as ours:
            began: dict[int, float] = {}
            first = [_said(who, 1_000_000 + who) for who in range(OTHERS + 1)]
            await steady(ours.port, iter(first), rate=100, connections=1, seconds=len(first) / 100)
            await _until_posted(client, url, {1_000_000 + who for who in range(OTHERS + 1)})
            await asyncio.sleep(4)
            one = (_said(0, number) for number in itertools.count(3_000_000))
            load = [
                steady(
                    ours.port, _others(2_000_000, began), rate=EACH_SECOND, connections=4, seconds=SECONDS * 2
                )
            ]
            if flood:
                load.append(steady(ours.port, one, rate=FLOOD, connections=8, seconds=SECONDS))
            results = await asyncio.gather(*load)
            assert all(set(result.statuses) == {200} for result in results)
            seen = await _until_posted(client, url, set(began))
    return [seen.get(number, at + PATIENCE) - at for number, at in began.items()]


def _row(what: str, seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    p90 = ordered[int(len(ordered) * 0.9)]
    return f"| {what} | {statistics.median(ordered):.2f} | {p90:.2f} | {ordered[-1]:.2f} |"


async def report() -> list[str]:
    """Measure with the flood and without, as lines of Markdown."""
    return [
        f"| others' hook to Slack, {POSTS:.0f} posts a second allowed | p50 s | p90 s | slowest s |",
        "|---|---|---|---|",
        _row("nobody floods", await waits(flood=False)),
        _row(f"one customer sends {FLOOD} a second for {SECONDS:.0f} s", await waits(flood=True)),
    ]


if __name__ == "__main__":
    print("\n".join(asyncio.run(report())))
