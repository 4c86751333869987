"""What runs while the house stands: each loop in a task of its own, stopped within seconds."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, Protocol

import structlog

STOP_SECONDS = 4.0

log = structlog.get_logger()


class Loop(Protocol):
    """Something that runs until it is stopped, and finishes what is under way."""

    async def run(self) -> None:
        """Run until `stop`."""

    async def stop(self) -> None:
        """Take nothing new, finish the rest."""


class Loops:
    """The loops of a house, and what is begun beside them."""

    def __init__(self) -> None:
        """Run nothing yet."""
        self._loops: Sequence[Loop] = ()
        self._running: list[asyncio.Task[None]] = []
        self._begun: list[asyncio.Task[None]] = []

    def start(self, loops: Sequence[Loop]) -> None:
        """Run *loops*; one that ends by a mistake is told in the log."""
        self._loops = loops
        self._running = [asyncio.create_task(loop.run(), name=type(loop).__name__) for loop in loops]
        for task in self._running:
            task.add_done_callback(must_not_end)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* beside the loops; it is cancelled when they stop."""
        self._begun.append(asyncio.create_task(work))

    async def stop(self) -> None:
        """Let each loop finish the turn that is under way, then end all."""
        await within("loops", *(loop.stop() for loop in self._loops))
        if self._running:
            await asyncio.wait(self._running, timeout=1)
        tasks = [*self._running, *self._begun]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def within(what: str, *works: Awaitable[None]) -> None:
    """Wait for *works*, but not so long that stopping is late; *what* is named in the log."""
    tasks = [asyncio.ensure_future(work) for work in works]
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
    for task in late:
        log.warning("did not stop in time", what=what)
        task.cancel()


def must_not_end(task: "asyncio.Task[None]") -> None:
    """A loop that died must be seen: nothing else would tell."""
    if not task.cancelled() and task.exception() is not None:
        log.critical("a loop ended by a mistake", loop=task.get_name(), exc_info=task.exception())
