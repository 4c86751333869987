"""The journal of many nodes: hooks are kept in a stream, in three copies, and applied by their owners."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import nats.errors
import structlog

from bots.channel import Event, Hook
from inbox.journal.applying import Applying, Read
from inbox.journal.rows import journalled
from inbox.journal.server import HOOKS, SUBJECT, Away, Server
from inbox.journal.wire import message_id, partition_of, partitions_of, written

PATIENCE: Final = 5.0
"""Seconds for which the stream is asked; servers that choose a new leader take one or two."""
ONE_TRY: Final = 1.5
PAUSE: Final = 0.1
HEAD: Final = 4_096  # bytes of a message beside its body, at most

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stream:
    """Keeps by publishing; what the stream cannot take goes straight to the database."""

    applying: Applying
    server: Server

    async def keep(self, name: str, hook: Hook, events: Sequence[Event], by: object = None) -> None:
        """Keep a hook of the channel *name*, read as *events*.

        Raises Unavailable where neither the stream nor the database can keep it.
        """
        partitions = partitions_of(events)
        alone = len(partitions) == 1
        if len(hook.body) + HEAD > self.server.client.max_payload:
            kept = False
        else:
            kept = all(
                await asyncio.gather(
                    *(self._publish(name, hook, events, one, alone=alone) for one in partitions)
                )
            )
        if not kept:
            await self._straight(name, hook, events)

    async def close(self) -> None:
        """Let go of the servers and of the database."""
        await self.server.close()
        await self.applying.keeper.close()

    async def _publish(
        self, name: str, hook: Hook, events: Sequence[Event], partition: int, *, alone: bool
    ) -> bool:
        """Put what a hook says for one partition into the stream; says whether it surely is there."""
        here = events if alone else [event for event in events if partition_of(event) == partition]
        kept = journalled(self.applying.database.ids, name, hook)
        data = written(kept, None if alone else partition)
        headers = {"Nats-Msg-Id": message_id(name, hook, here, partition)}
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            try:
                await self.server.stream.publish(
                    f"{SUBJECT}.{partition}", data, timeout=ONE_TRY, stream=HOOKS, headers=headers
                )
            except (nats.errors.Error, Away, TimeoutError, OSError) as error:
                if loop.time() > until:
                    log.error("the journal did not keep a hook", channel=name, error=type(error).__name__)
                    return False
                await asyncio.sleep(PAUSE)
            else:
                return True

    async def _straight(self, name: str, hook: Hook, events: Sequence[Event]) -> None:
        """Keep a hook in the database at once; one that the stream has too is known there by its messages."""
        read = Read(journalled=journalled(self.applying.database.ids, name, hook), events=events)
        [problem] = await self.applying.apply_each([read])
        if problem is not None:
            raise problem
