"""Programs in processes of their own, started, watched and ended."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PROJECT = Path(__file__).parents[2]
PATIENCE = 20.0


async def until(what: Callable[[], Awaitable[Any]], *, seconds: float = PATIENCE) -> Any:
    """Ask again until the answer is true; fails with the last answer."""
    answer: Any = None
    async with asyncio.timeout(seconds + 5):
        for _ in range(int(seconds / 0.05)):
            answer = await what()
            if answer:
                return answer
            await asyncio.sleep(0.05)
    raise AssertionError(f"still {answer!r} after {seconds} s")


class Program:
    """One running program and its output."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    def output(self) -> str:
        """All it has said so far."""
        return self.log.read_text("utf-8", "replace")

    async def end(self, number: signal.Signals = signal.SIGTERM, *, within: float = 10) -> int:
        """Signal it and wait; returns its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), within)


@asynccontextmanager
async def running(
    *arguments: str, folder: Path, name: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """Run `python -m …` or tidings in *folder*; killed at the end if it still runs."""
    log = folder / f"{name}.log"
    whole = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **(env or {})}
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *arguments, cwd=folder, env=whole, stdout=out, stderr=asyncio.subprocess.STDOUT
        )
    program = Program(process, log)
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def python(module: str, *options: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    return (sys.executable, "-m", module, *options)


class Told:
    """JSON spoken with a look-alike's control API."""

    def __init__(self, client: aiohttp.ClientSession, port: int) -> None:
        self._client = client
        self.origin = f"http://127.0.0.1:{port}"

    async def get(self, what: str) -> Any:
        """Read."""
        async with self._client.get(f"{self.origin}/_control/{what}") as response:
            return await response.json()

    async def post(self, what: str, **body: Any) -> Any:
        """Say."""
        async with self._client.post(f"{self.origin}/_control/{what}", json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def awake(self) -> bool:
        """Whether it answers at all."""
        try:
            async with self._client.get(self.origin):
                return True
        except aiohttp.ClientError:
            return False
