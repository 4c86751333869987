"""Hooks that wait for a commit, and how long the commit waits for those on their way."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from inbox.journal.applying import Read

LONGEST: Final = 0.5  # of the time that the last commit took: nobody waits longer for others
ROUNDS: Final = 4  # of the loop, from a socket that can be read until its hook waits here


@dataclass(slots=True, kw_only=True)
class Arrived(Read):
    """A hook that waits for the next commit, and who waits for it."""

    kept: "asyncio.Future[None]"
    by: object = None  # the connection it came over

    def answer(self, problem: Exception | None) -> None:
        """Tell who waits, if anybody still does, that the hook is kept, or why not."""
        if self.kept.done():
            return
        if problem is None:
            self.kept.set_result(None)
        else:
            self.kept.set_exception(problem)


@dataclass(slots=True)
class Gathering:
    """Lets the connections that one commit answered speak again before the next one begins.

    Without it a provider's connections part into two cohorts, one of which waits while the other is
    written, and each commit keeps half of what it could. Who comes alone is kept at once.
    """

    clock: Callable[[], float] = time.perf_counter
    _answered: set[object] = field(default_factory=set)
    _took: float = 0.0
    _ended: float = 0.0
    _pause: "asyncio.Future[None] | None" = None

    @property
    def missing(self) -> frozenset[object]:
        """The connections that the last commit answered and that did not speak since."""
        return frozenset(self._answered)

    def came(self, by: object) -> None:
        """Hear that a hook waits that came over the connection *by*."""
        self._answered.discard(by)
        if not self._answered and self._pause is not None:
            _end(self._pause)

    def committed(self, arrived: Sequence[Arrived], began: float) -> None:
        """Remember a commit that began at *began* and is over now."""
        self._ended = self.clock()
        self._took = self._ended - began
        self._answered = {one.by for one in arrived if one.by is not None} if len(arrived) > 1 else set()

    async def pause(self) -> None:
        """Wait until all whom the last commit answered are here, or long enough."""
        if not self._answered or self.clock() - self._ended > self._took:
            return
        loop = asyncio.get_running_loop()
        self._pause = loop.create_future()
        timer = loop.call_later(self._took * LONGEST, _end, self._pause)
        await self._pause
        timer.cancel()
        self._pause = None
        await self._who_is_here()

    async def _who_is_here(self) -> None:
        """Let in whose hooks came while the loop was busy with others: they wait for nobody but us."""
        missing = len(self._answered) + 1
        while 0 < len(self._answered) < missing:
            missing = len(self._answered)
            for _ in range(ROUNDS):
                await asyncio.sleep(0)


def _end(pause: "asyncio.Future[None]") -> None:
    if not pause.done():
        pause.set_result(None)
