"""Hooks in: verified and translated at once, kept in groups, answered when they are kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bots.channel import Channel, Event, Hook, Reading, Response, Typing
from bots.errors import ChannelError
from inbox.journal.applying import Applying
from inbox.journal.rows import journalled, keep_failed
from inbox.sorting import sort
from storage import hooks
from storage.batch import Batch


class Journal(Protocol):
    """What keeps a hook durably: `inbox.journal.embedded` or `inbox.journal.stream`."""

    async def keep(self, name: str, hook: Hook, events: Sequence[Event], by: object = None) -> None:
        """Keep it or raise."""

    async def close(self) -> None:
        """Keep what waits, then close."""


class Unknown(Exception):
    """There is no such channel."""


@dataclass(slots=True, kw_only=True)
class Accept:
    """The door: a hook is checked and read at once, kept by the journal, and answered when it is kept."""

    channels: Mapping[str, Channel]
    applying: Applying
    journal: Journal
    clock: Callable[[], datetime]
    _asides: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def take(self, name: str, hook: Hook, by: object = None) -> Response:
        """Keep a hook, which came over the connection *by*, and return what the provider expects to hear.

        Raises Unknown, BadSignature, Malformed, or Unavailable; then nothing was kept.
        """
        channel = self.channels.get(name)
        if channel is None:
            raise Unknown
        try:
            reading = _read(channel, hook)
        except ChannelError as error:
            self.applying.counts.refused(name, error)
            raise
        if isinstance(reading, Exception):
            closed = self.applying.credentials.closed(hook)
            await keep_failed(
                self.applying.database, journalled(self.applying.database.ids, name, closed), reading
            )
            return Response()
        for kind in reading.skipped:
            self.applying.counts.unknown(name, kind[:40])
        if reading.events or reading.skipped:
            await self._keep(name, hook, reading, by)
        self.applying.counts.took(name, (self.clock() - hook.received_at).total_seconds())
        return reading.response

    async def keep(self, name: str, hook: Hook) -> None:
        """Keep a hook that a channel polled; returns once it is committed."""
        await self.take(name, hook)

    async def replay(self, hook_id: int) -> int:
        """Apply a journalled hook once more; returns how many messages were new.

        Raises Unknown, a ChannelError, or what storage says.
        """
        async with self.applying.database.reading() as connection:
            row = await hooks.one(connection, hook_id)
        channel = self.channels.get(row.channel) if row is not None else None
        if row is None or channel is None:
            raise Unknown
        hook = Hook(
            method=row.method, url=row.url, headers=row.headers, body=row.body, received_at=row.received_at
        )
        batch = Batch()
        events = channel.read(self.applying.credentials.opened(hook)).events
        sort(batch, hook_id, row.channel, events, row.received_at)
        kept = await self.applying.keeper.keep(batch, self.applying.rules)
        async with self.applying.database.writing() as connection:
            await hooks.mark(connection, hook_id, "applied")
        self.applying.told(kept)
        return kept.messages

    async def close(self) -> None:
        """Keep what waits, then give the connections back."""
        await self.journal.close()

    async def _keep(self, name: str, hook: Hook, reading: Reading, by: object) -> None:
        events = []
        for event in reading.events:
            if isinstance(event, Typing):
                self._aside(self.applying.telling.typing(event))
            else:
                events.append(event)
        if events or not reading.events:
            await self.journal.keep(name, self.applying.credentials.closed(hook), events, by)

    def _aside(self, work: "asyncio.Future[None] | object") -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


def _read(channel: Channel, hook: Hook) -> Reading | Exception:
    """Read *hook*, or give the translator's mistake, which must not lose a hook that is signed."""
    try:
        return channel.read(hook)
    except ChannelError:
        raise
    except Exception as error:  # noqa: BLE001 - kept with the hook for a person to see
        channel.check(hook)  # nobody fills the journal with what no provider signed
        return error
