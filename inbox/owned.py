"""Loops that one node runs at a time: taken, held, given back and lost by leases.

Each node holds its share of what there is. One that is killed is followed within the length of a lease;
one that stops gives back at once; one that sleeps and wakes is refused by the epoch of what it writes.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import structlog

from inbox.loops import Loop, must_not_end
from inbox.nudges import Nudges
from storage.database import Database
from storage.ids import NODES
from storage.leases import SECONDS, Lease, Leases

EVERY: Final = 1.0
UNWANTED: Final = 2.0  # seconds after which even who has its share takes what is free
STOP_SECONDS: Final = 3.0
BELL: Final = "leases"
NODE: Final = "node/"
NUMBERS: Final = tuple(f"{NODE}{number:03}" for number in range(NODES))

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A loop that one node runs at a time; *begin* makes it anew for each time it is owned."""

    name: str
    begin: Callable[[Database], Loop]


@dataclass(slots=True)
class Running:
    """A loop of ours that runs."""

    lease: Lease
    loop: Loop
    task: "asyncio.Task[None]"


class Owner:
    """The loop that holds leases, and runs what this node owns."""

    def __init__(
        self,
        database: Database,
        nudges: Nudges,
        owned: Sequence[Owned],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Own some of *owned*; *seconds* count how long ago the leases were renewed."""
        self._database = database
        self._nudges = nudges
        self._owned = {one.name: one for one in owned}
        self._leases = Leases(database.url, uuid4().hex)
        self._seconds = seconds
        self._running: dict[str, Running] = {}
        self._ending: dict[str, asyncio.Task[None]] = {}
        self._node: Lease | None = None
        self._renewed = seconds()
        self._turn = asyncio.Lock()
        self._declared = False
        self._stopping = False

    @property
    def holds(self) -> frozenset[str]:
        """The names of the loops that run here."""
        return frozenset(self._running)

    async def run(self) -> None:
        """Hold and take leases until `stop`."""
        while not self._stopping:
            try:
                async with self._turn, asyncio.timeout(SECONDS - EVERY):
                    await self._tick()
            except Exception as error:  # noqa: BLE001 - the loop's own: without leases it ends what it owns
                log.warning("leases not renewed", error=type(error).__name__)
                await self._leases.close()
            if self._seconds() - self._renewed > SECONDS:
                self._end(self._running)
                self._node = None
            await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Let every loop end what is under way, and give all back for others to take at once."""
        self._stopping = True
        self._nudges.nudge(BELL)
        names = [*self._running, *self._ending, *([self._node.name] if self._node else [])]
        self._end(self._running)
        await asyncio.gather(*self._ending.values())
        try:
            async with self._turn, asyncio.timeout(SECONDS - EVERY):
                await self._leases.leave(names)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("leases not given back: they end by themselves", error=type(error).__name__)
        self._nudges.nudge(BELL)
        await self._leases.close()

    async def _tick(self) -> None:
        """Renew what is ours, end what is not, take what is free."""
        began = self._seconds()
        if not self._declared:
            await self._leases.declare([*self._owned, *NUMBERS])
            self._declared = True
        held = [*self._running, *self._ending, *([self._node.name] if self._node else [])]
        stands = await self._leases.hold(held, SECONDS, prefix=NODE, wanted=self._owned)
        ours = stands.ours
        self._renewed = began
        self._end([name for name, one in self._running.items() if one.lease not in ours or one.task.done()])
        forgotten = {one.name for one in ours}.difference(held)
        await self._leases.leave(forgotten)
        await self._number(ours)
        await self._share(1 + stands.others, any_free=stands.free)

    async def _number(self, ours: Collection[Lease]) -> None:
        """Have a number that no other node has, for the keys we make."""
        if self._node is None or self._node not in ours:
            self._node = next(iter(await self._leases.take(NUMBERS, 1, SECONDS)), None)
        if self._node is not None:
            self._database.ids.node = int(self._node.name.removeprefix(NODE))

    async def _share(self, nodes: int, *, any_free: bool) -> None:
        """Hold as many as there are for each of *nodes*, and what nobody else wants."""
        share = -(-len(self._owned) // nodes)
        if len(self._running) > share:
            self._end(_last_of_each_kind(self._running, len(self._running) - share))
            return
        if not any_free:
            return
        free = [name for name in self._owned if name not in self._running and name not in self._ending]
        taken = await self._leases.take(free, share - len(self._running), SECONDS)
        taken |= await self._leases.take(free, len(free), SECONDS, free_for=UNWANTED)
        if taken:
            await self._database.go_on()  # our keys come after those of who owned them before
        if self._stopping:
            await self._leases.leave({lease.name for lease in taken})
            return
        for lease in taken:
            self._begin(lease)

    def _begin(self, lease: Lease) -> None:
        log.info("owned from now", loop=lease.name, epoch=lease.epoch)
        loop = self._owned[lease.name].begin(self._database.under(lease))
        task = asyncio.create_task(loop.run(), name=lease.name)
        task.add_done_callback(must_not_end)
        self._running[lease.name] = Running(lease, loop, task)

    def _end(self, names: Collection[str]) -> None:
        """Begin to stop loops; each is given back when it has ended."""
        for name in list(names):
            self._ending[name] = asyncio.create_task(self._finish(self._running.pop(name)))

    async def _finish(self, one: Running) -> None:
        """Let a loop end what is under way, but not for long, and give its lease back."""
        stopped = asyncio.ensure_future(one.loop.stop())
        await asyncio.wait([stopped, one.task], timeout=STOP_SECONDS)
        for task in (stopped, one.task):
            task.cancel()
        _, late = await asyncio.wait([stopped, one.task], timeout=STOP_SECONDS)
        if late:  # what it still writes is refused; to hold its lease on would leave its work to nobody
            log.critical("a loop does not end", loop=one.lease.name)
        log.info("owned no more", loop=one.lease.name, epoch=one.lease.epoch)
        del self._ending[one.lease.name]
        if not self._stopping:
            self._nudges.nudge(BELL)


def _last_of_each_kind(names: Collection[str], count: int) -> list[str]:
    """Choose *count* of *names*, of each kind (what stands before the /) about the same part."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        kinds[name.partition("/")[0]].append(name)
    ranked = sorted(
        ((index, name) for group in kinds.values() for index, name in enumerate(group)), reverse=True
    )
    return [name for _, name in ranked[:count]]
