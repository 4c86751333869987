"""How many hooks a second ours and each other program take in the same run, over as many connections.

Run alone: `python -m tests.benchmarks peers`; the first time it installs them under the folder for
temporary files. What each does with a hook is not the same, so the table says it.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.accept import Numbers
from tests.benchmarks.hooks import TELEGRAM_SECRET, WORDS, prepared
from tests.benchmarks.load import flood
from tests.benchmarks.peers.installing import Absent, modules_of_node, python_of
from tests.benchmarks.serving import Served, answers, bare, house
from tests.ports import free_port

HERE = Path(__file__).parent
ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32
PREPARED = 25_000
SETTLE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program beside ours: how it is begun, where it takes hooks, and what it does with one."""

    name: str
    does: str
    durable: str
    begin: Callable[[], Sequence[str]]
    path: str = "/hooks/telegram"
    env: Callable[[], Mapping[str, str]] = field(default=dict)


def _python(name: str, script: str) -> Callable[[], Sequence[str]]:
    return lambda: (str(python_of(name)), str(HERE / script))


def _node(script: str) -> Callable[[], Sequence[str]]:
    return lambda: ("node", str(HERE / script))


def _modules() -> Mapping[str, str]:
    return {"NODE_PATH": str(modules_of_node())}


PEERS = (
    Peer(
        name="python-telegram-bot 22 behind aiohttp",
        does="secret checked, update read, one handler inserts one row",
        durable="yes, one commit a hook (`synchronous=FULL`)",
        begin=lambda: (sys.executable, str(HERE / "ptb_bot.py")),
    ),
    Peer(
        name="opsdroid 0.31",
        does="update read, one regular expression is looked for, its skill does nothing",
        durable="no",
        begin=_python("opsdroid", "opsdroid_bot.py"),
        path="/connector/telegram/bench",
    ),
    Peer(
        name="django-helpdesk 2.6 under uvicorn",
        does="secret checked, a record made by its own form in one queue",
        durable="yes, SQLite as Django sets it",
        begin=_python("helpdesk", "helpdesk_site.py"),
    ),
    Peer(
        name="Bottender 1.5 (Node)",
        does="update read, the chat's session looked up in memory, an empty app",
        durable="no",
        begin=_node("bottender_bot.js"),
        env=_modules,
    ),
    Peer(
        name="Botkit 4.15 (Node)",
        does="its web adapter's own message of the same text, heard by a word and answered in the response",
        durable="no",
        begin=_node("botkit_bot.js"),
        path="/hooks/web",
        env=_modules,
    ),
)


@asynccontextmanager
async def _running(peer: Peer, folder: Path) -> AsyncIterator[Served]:
    """Run a peer until the block ends; raises Absent where it cannot be installed."""
    port = free_port()
    command = (*await asyncio.to_thread(peer.begin), str(port), TELEGRAM_SECRET, str(folder))
    told = {
        "PEER_FOLDER": str(folder),
        "PEER_SECRET": TELEGRAM_SECRET,
        "NODE_ENV": "production",
        "HOME": str(folder),
    }
    env = {**os.environ, **told, **await asyncio.to_thread(peer.env)}
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet, env=env, cwd=folder)
    try:
        await answers(process, port, peer.name)
        yield Served(port, process.pid, folder)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _hooks(peer: Peer, start: int) -> Iterator[bytes]:
    """Prepare hooks as ours gets them, for the peer's path; Botkit's web adapter has a message of its own."""
    if peer.path == "/hooks/web":
        return iter([_for_botkit(number) for number in range(start, start + PREPARED)])
    line = f"POST {peer.path} ".encode()
    return (line + one.split(b" ", 2)[2] for one in prepared("telegram", PREPARED, start))


def _for_botkit(number: int) -> bytes:
    told = {"type": "message", "user": str(number % 1_000), "channel": "webhook", "text": WORDS + str(number)}
    body = json.dumps(told).encode()
    head = (
        f"POST /hooks/web HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _rate(served: Served, hooks: Iterator[bytes]) -> float:
    result = await flood(served.port, hooks, connections=CONNECTIONS, seconds=SECONDS)
    assert set(result.statuses) <= {200}, result.statuses
    return max(result.rate, 1 / SECONDS)  # one that answers none in a round is taken for one that answers one


async def beside(
    peer: Peer, ours: Served, yardstick: Served, numbers: Numbers
) -> list[tuple[float, float, float]]:
    """Return what the bare handler, ours and the peer take a second in each round, in turns."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        async with _running(peer, Path(folder)) as theirs:
            for number in range(ROUNDS + 1):
                start = numbers.take(PREPARED)
                nothing = await _rate(yardstick, itertools.cycle(prepared("telegram", PREPARED, start)))
                mine = await _rate(ours, prepared("telegram", PREPARED, start))
                their = await _rate(theirs, _hooks(peer, start))
                if number:
                    found.append((nothing, mine, their))
    return found


async def report() -> list[str]:
    """Measure each beside ours, as lines of Markdown."""
    lines = [
        f"{CONNECTIONS} connections, hooks of about 1 KiB, each program in one process, in turns of "
        f"{SECONDS:.0f} s with ours and with the bare handler; medians of {ROUNDS} rounds. Ours checks the "
        "secret, keeps the hook, the message and the customer durably before the 200, knows what it has had "
        "before, and gives the conversation to an agent.",
        "",
        "| program | what it does before its 200 | durable | a second | of bare | ours beside it |",
        "|---|---|---|---|---|---|",
    ]
    numbers = Numbers()
    async with AsyncExitStack() as stack:
        yardstick = await stack.enter_async_context(bare())
        ours = await stack.enter_async_context(house())
        await _rate(ours, prepared("telegram", PREPARED, numbers.take(PREPARED)))
        await asyncio.sleep(SETTLE)  # the conversations that began are given to agents
        for peer in PEERS:
            sys.stderr.write(f"  {peer.name}\n")
            try:
                rounds = await beside(peer, ours, yardstick, numbers)
            except (Absent, RuntimeError) as absent:
                lines.append(f"| {peer.name} | {absent} | | | | |")
                continue
            lines.append(f"| {peer.name} | {peer.does} | {peer.durable} | {_figures(rounds)} |")
    return lines


def _figures(rounds: Sequence[tuple[float, float, float]]) -> str:
    theirs = statistics.median(their for _, _, their in rounds)
    share = statistics.median(their / nothing for nothing, _, their in rounds)
    times = statistics.median(mine / their for _, mine, their in rounds)
    return f"{theirs:,.0f} | {share:.0%} | {times:.1f}×"
