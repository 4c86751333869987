"""The embedded journal: all hooks that wait at a moment are kept and applied in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bots.channel import Event, Hook
from inbox.gathering import Arrived, Gathering
from inbox.journal.applying import Applying
from inbox.journal.rows import journalled


@dataclass(slots=True)
class Embedded:
    """Keeps by applying; who waits is answered after the commit."""

    applying: Applying
    _waiting: list[Arrived] = field(default_factory=list)
    _writer: "asyncio.Task[None] | None" = None
    _gathering: Gathering = field(default_factory=Gathering)

    async def keep(self, name: str, hook: Hook, events: Sequence[Event], by: object = None) -> None:
        """Keep a hook of the channel *name*, read as *events*, which came over the connection *by*.

        Raises Unavailable or what storage says; then nothing was kept.
        """
        kept = asyncio.get_running_loop().create_future()
        read = journalled(self.applying.database.ids, name, hook)
        self._waiting.append(Arrived(journalled=read, events=events, kept=kept, by=by))
        self._gathering.came(by)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())
        await kept

    async def close(self) -> None:
        """Keep what waits, then give the connections back."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])
        await self.applying.keeper.close()

    async def _write(self) -> None:
        """Keep whatever waits, again and again, until nothing does."""
        while self._waiting:
            await self._gathering.pause()
            arrived, self._waiting = self._waiting, []
            began = self._gathering.clock()
            for one, problem in zip(arrived, await self.applying.apply_each(arrived), strict=True):
                one.answer(problem)
            self._gathering.committed(arrived, began)
