"""tidings in one life after the other, each begun by a fork of one program that has all imported."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.road.processes import PROJECT, python
from tests.torture.embedded_house import House

PATIENCE = 30.0


class Lives:
    """Begin a life, wait for its end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def begin(self) -> int:
        """Begin a life; gives its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()
        return await self._told("born")

    async def ended(self) -> int:
        """Wait for the life's end; gives how it ended, minus the signal's number."""
        return await self._told("died")

    async def _told(self, word: str) -> int:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self._process.stdout.readline()).decode().split()
        assert line[:1] == [word], line
        return int(line[1])


@asynccontextmanager
async def lives(home: House) -> AsyncIterator[Lives]:
    """Be ready to live in *home*; whoever lives when the block ends is killed."""
    config = str(home.place.folder / "tidings.toml")
    with (home.place.folder / "lives.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *python("tests.road.mortal", "--config", config, "run", "--no-link"),
            cwd=home.place.folder,
            env={**os.environ, **home.env, "PYTHONPATH": str(PROJECT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            process_group=0,
        )
    try:
        yield Lives(process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, 9)
        await process.wait()
