"""Hooks in: verified and translated at once, kept in groups, answered when they are kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bots.channel import Channel, Hook, Reading, Response, Typing
from bots.errors import ChannelError
from inbox.counts import Counts
from inbox.gathering import Arrived, Gathering
from inbox.journal import journalled, keep_failed
from inbox.live import Live
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.sorting import sort
from inbox.telling import Telling
from storage import hooks
from storage.batch import Batch, Kept, Rules
from storage.database import Database, Unavailable


class Keeper(Protocol):
    """Keeps a batch in one transaction: `storage.keep_sqlite` or `storage.keep_postgres`."""

    async def keep(self, batch: Batch, rules: Rules) -> Kept:
        """Keep it whole or raise."""

    async def close(self) -> None:
        """Give the connections back."""


class Unknown(Exception):
    """There is no such channel."""


@dataclass(slots=True, kw_only=True)
class Accept:
    """The door: all hooks that wait at a moment go into one transaction."""

    database: Database
    keeper: Keeper
    channels: Mapping[str, Channel]
    rules: Rules
    live: Live
    nudges: Nudges
    metrics: Metrics
    clock: Callable[[], datetime]
    _waiting: list[Arrived] = field(default_factory=list)
    _writer: "asyncio.Task[None] | None" = None
    _asides: "set[asyncio.Task[None]]" = field(default_factory=set)
    _gathering: Gathering = field(default_factory=Gathering)
    _counts: Counts = field(init=False)
    _telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        """Make who counts and who tells."""
        self._counts = Counts(self.metrics)
        self._telling = Telling(self.database, self.live, self.nudges, slack=self.rules.slack)

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
            self._counts.refused(name, error)
            raise
        if isinstance(reading, Exception):
            await keep_failed(self.database, journalled(self.database.ids, name, hook), reading)
            return Response()
        for kind in reading.skipped:
            self._counts.unknown(name, kind[:40])
        if reading.events or reading.skipped:
            await self._keep(name, hook, reading, by)
        self._counts.took(name, (self.clock() - hook.received_at).total_seconds())
        return reading.response

    async def keep(self, name: str, hook: Hook) -> None:
        """Keep a hook that a channel polled; returns once it is committed."""
        await self.take(name, hook)

    async def replay(self, hook_id: int) -> int:
        """Apply a journalled hook once more; returns how many messages were new.

        Raises Unknown, a ChannelError, or what storage says.
        """
        async with self.database.reading() as connection:
            row = await hooks.one(connection, hook_id)
        channel = self.channels.get(row.channel) if row is not None else None
        if row is None or channel is None:
            raise Unknown
        hook = Hook(
            method=row.method, url=row.url, headers=row.headers, body=row.body, received_at=row.received_at
        )
        batch = Batch()
        sort(batch, hook_id, row.channel, channel.read(hook).events, row.received_at)
        kept = await self.keeper.keep(batch, self.rules)
        async with self.database.writing() as connection:
            await hooks.mark(connection, hook_id, "applied")
        self._told(kept)
        return kept.messages

    async def close(self) -> None:
        """Keep what waits, then give the connections back."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])
        await self.keeper.close()

    async def _keep(self, name: str, hook: Hook, reading: Reading, by: object) -> None:
        events = []
        for event in reading.events:
            if isinstance(event, Typing):
                self._aside(self._telling.typing(event))
            else:
                events.append(event)
        if reading.events and not events:
            return
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append(Arrived(journalled(self.database.ids, name, hook), events, kept, by))
        self._gathering.came(by)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())
        await kept

    async def _write(self) -> None:
        """Keep whatever waits, again and again, until nothing does."""
        while self._waiting:
            await self._gathering.pause()
            arrived, self._waiting = self._waiting, []
            began = self._gathering.clock()
            try:
                await self._commit(arrived)
            except Unavailable as error:
                for one in arrived:
                    one.refuse(error)
            except Exception as error:  # noqa: BLE001 - the loop's own: one hook spoils no other
                await self._one_by_one(arrived, error)
            self._gathering.committed(arrived, began)
            self.metrics.batch_hooks.observe(len(arrived))

    async def _commit(self, arrived: Sequence[Arrived]) -> None:
        batch = Batch()
        for one in arrived:
            batch.hooks.append(one.journalled)
            sort(batch, one.journalled.id, one.journalled.channel, one.events, one.journalled.received_at)
        kept = await self.keeper.keep(batch, self.rules)
        for one in arrived:
            one.tell()
        self._counts.accepted((one.journalled.channel, event) for one in arrived for event in one.events)
        self._told(kept)

    async def _one_by_one(self, arrived: Sequence[Arrived], error: Exception) -> None:
        """Find the hook that spoils the batch; it stays in the journal with its error, the rest is kept."""
        if len(arrived) == 1:
            try:
                await keep_failed(self.database, arrived[0].journalled, error)
            except Exception as worse:  # noqa: BLE001 - the caller hears it and the provider calls again
                arrived[0].refuse(worse)
            else:
                arrived[0].tell()
            return
        for one in arrived:
            try:
                await self._commit([one])
            except Unavailable as away:
                one.refuse(away)
            except Exception as own:  # noqa: BLE001 - as above
                await self._one_by_one([one], own)

    def _told(self, kept: Kept) -> None:
        for name, messages in kept.duplicates.items():
            self._counts.known(name, messages)
        self._telling.kept(kept)

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
