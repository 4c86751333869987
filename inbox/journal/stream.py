"""The journal of many nodes: hooks are kept in a stream, in three copies, and applied by their owners."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import nats.errors
import structlog

from bots.channel import Event, Hook
from inbox.journal.applying import Applying, Read
from inbox.journal.rows import journalled
from inbox.journal.server import HOOKS, SUBJECT, Away, Server
from inbox.journal.wire import (
    Waiting,
    about,
    message_id,
    name_of,
    partition_of,
    partitions_of,
    together,
)

PATIENCE: Final = 5.0
"""Seconds for which the stream is asked; servers that choose a new leader take one or two."""
ONE_TRY: Final = 1.5
PAUSE: Final = 0.1
ENVELOPE: Final = 1_024  # bytes of a message beside its hooks, at most: its name, or why it is dead
TOGETHER: Final = 64  # hooks of one message, at most

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """A hook that waits to be put into the stream, and who waits for it."""

    about: bytes
    body: bytes
    name: bytes
    kept: "asyncio.Future[bool]"

    @property
    def size(self) -> int:
        """How many bytes it takes, headers and all."""
        return len(self.about) + len(self.body) + 1


@dataclass(slots=True)
class Lane:
    """One partition: what waits while a message is on its way goes together with the next."""

    server: Server
    partition: int
    entries: list[Entry] = field(default_factory=list)
    writer: "asyncio.Task[None] | None" = None

    def put(self, entry: Entry) -> "asyncio.Future[bool]":
        """Put a hook into the stream; the future says whether it surely is there."""
        self.entries.append(entry)
        if self.writer is None or self.writer.done():
            self.writer = asyncio.ensure_future(self._write())
        return entry.kept

    async def _write(self) -> None:
        while self.entries:
            some = self._next()
            kept = await self._publish(some)
            for entry in some:
                if not entry.kept.done():
                    entry.kept.set_result(kept)

    def _next(self) -> list[Entry]:
        """Take those that go together: as many as one message may hold, one at the least."""
        room, some = self.server.room - ENVELOPE, list[Entry]()
        while self.entries and len(some) < TOGETHER and (not some or self.entries[0].size <= room):
            room -= self.entries[0].size
            some.append(self.entries.pop(0))
        return some

    async def _publish(self, some: Sequence[Entry]) -> bool:
        data = together([entry.about for entry in some], [entry.body for entry in some])
        headers = {"Nats-Msg-Id": message_id(self.partition, [entry.name for entry in some])}
        subject, loop = f"{SUBJECT}.{self.partition}", asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            try:
                await self.server.there().publish(
                    subject, data, timeout=ONE_TRY, stream=HOOKS, headers=headers
                )
            except (nats.errors.Error, Away, TimeoutError, OSError) as error:
                if loop.time() > until:
                    log.error("the journal did not keep hooks", hooks=len(some), error=type(error).__name__)
                    return False
                await asyncio.sleep(PAUSE)
            else:
                return True


@dataclass(slots=True)
class Stream:
    """Keeps by publishing; what the stream cannot take goes straight to the database."""

    applying: Applying
    server: Server
    _lanes: dict[int, Lane] = field(default_factory=dict)

    async def keep(self, name: str, hook: Hook, events: Sequence[Event], by: object = None) -> None:
        """Keep a hook of the channel *name*, read as *events*.

        Raises Unavailable where neither the stream nor the database can keep it.
        """
        partitions = partitions_of(events)
        entries = {one: self._entry(name, hook, events, one, partitions) for one in partitions}
        room = self.server.room - ENVELOPE
        kept = all(entry.size <= room for entry in entries.values()) and all(
            await asyncio.gather(*(self._lane(one).put(entry) for one, entry in entries.items()))
        )
        if not kept:
            await self._straight(name, hook, events)

    async def close(self) -> None:
        """Let go of the servers and of the database."""
        await self.server.close()
        await self.applying.keeper.close()

    def _lane(self, partition: int) -> Lane:
        return self._lanes.setdefault(partition, Lane(self.server, partition))

    def _entry(
        self, name: str, hook: Hook, events: Sequence[Event], partition: int, partitions: Sequence[int]
    ) -> Entry:
        """Write what a hook says for one of its *partitions*."""
        alone = len(partitions) == 1
        here = events if alone else [event for event in events if partition_of(event) == partition]
        kept = journalled(self.applying.database.ids, name, hook)
        told = about(Waiting(kept, None if alone else partition))
        return Entry(told, kept.body, name_of(kept, here), asyncio.get_running_loop().create_future())

    async def _straight(self, name: str, hook: Hook, events: Sequence[Event]) -> None:
        """Keep a hook in the database at once; one that the stream has too is known there by its messages."""
        read = Read(journalled=journalled(self.applying.database.ids, name, hook), events=events)
        [problem] = await self.applying.apply_each([read])
        if problem is not None:
            raise problem
