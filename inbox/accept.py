"""Hooks in: verified and translated at once, kept in groups, answered when they are kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from prometheus_client import Counter, Histogram

from bots.channel import Channel, Event, Hook, Reading, Response, Typing
from bots.errors import BadSignature, ChannelError
from inbox.live import Change, Live
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.sorting import sort
from storage import conversations, customers, hooks
from storage.batch import Batch, Journalled, Kept, Rules, storable
from storage.database import Database, Unavailable

KINDS = 100

log = structlog.get_logger()


class Keeper(Protocol):
    """Keeps a batch in one transaction: `storage.keep_sqlite` or `storage.keep_postgres`."""

    async def keep(self, batch: Batch, rules: Rules) -> Kept:
        """Keep it whole or raise."""

    async def close(self) -> None:
        """Give the connections back."""


class Unknown(Exception):
    """There is no such channel."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A hook that waits for the next commit, and who waits for it."""

    journalled: Journalled
    events: tuple[Event, ...]
    kept: "asyncio.Future[None]"


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
    _histograms: dict[str, Histogram] = field(default_factory=dict)
    _counters: dict[tuple[str, str], Counter] = field(default_factory=dict)
    _kinds: set[tuple[str, str]] = field(default_factory=set)
    _asides: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def take(self, name: str, hook: Hook) -> Response:
        """Keep a hook and return what the provider expects to hear.

        Raises Unknown, BadSignature, Malformed, or Unavailable; then nothing was kept.
        """
        channel = self.channels.get(name)
        if channel is None:
            raise Unknown
        try:
            reading = channel.read(hook)
        except ChannelError as error:
            reason = "signature" if isinstance(error, BadSignature) else "malformed"
            self.metrics.refused_hooks.labels(name, reason).inc()
            raise
        except Exception as error:  # noqa: BLE001 - a translator's mistake must not lose the hook
            await self._fail(self._journalled(name, hook), error)
            return Response()
        for kind in reading.skipped:
            self._unknown_event(name, kind[:40])
        if reading.events or reading.skipped:
            await self._keep(name, hook, reading)
        self._took(name).observe((self.clock() - hook.received_at).total_seconds())
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
        self._tell(kept)
        return kept.messages

    async def close(self) -> None:
        """Keep what waits, then give the connections back."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])
        await self.keeper.close()

    def _journalled(self, name: str, hook: Hook) -> Journalled:
        return Journalled(
            id=self.database.ids.next(),
            channel=name,
            received_at=hook.received_at,
            method=hook.method,
            url=hook.url,
            headers=hook.headers,
            body=hook.body,
        )

    async def _keep(self, name: str, hook: Hook, reading: Reading) -> None:
        events = []
        for event in reading.events:
            if isinstance(event, Typing):
                self._aside(self._typing(event))
            else:
                events.append(event)
        if reading.events and not events:
            return
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append(Arrived(self._journalled(name, hook), tuple(events), kept))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())
        await kept

    async def _write(self) -> None:
        """Keep whatever waits, again and again, until nothing does."""
        while self._waiting:
            arrived, self._waiting = self._waiting, []
            try:
                await self._commit(arrived)
            except Unavailable as error:
                _refuse(arrived, error)
            except Exception as error:  # noqa: BLE001 - the loop's own: one hook spoils no other
                await self._one_by_one(arrived, error)
            self.metrics.batch_hooks.observe(len(arrived))

    async def _commit(self, arrived: Sequence[Arrived]) -> None:
        batch = Batch()
        for one in arrived:
            batch.hooks.append(one.journalled)
            sort(batch, one.journalled.id, one.journalled.channel, one.events, one.journalled.received_at)
        kept = await self.keeper.keep(batch, self.rules)
        for one in arrived:
            _told(one)
        self._count(arrived, kept)
        self._tell(kept)

    async def _one_by_one(self, arrived: Sequence[Arrived], error: Exception) -> None:
        """Find the hook that spoils the batch; it stays in the journal with its error, the rest is kept."""
        if len(arrived) == 1:
            try:
                await self._fail(arrived[0].journalled, error)
            except Exception as worse:  # noqa: BLE001 - the caller hears it and the provider calls again
                _refuse(arrived, worse)
            else:
                _told(arrived[0])
            return
        for one in arrived:
            try:
                await self._commit([one])
            except Unavailable as away:
                _refuse([one], away)
            except Exception as own:  # noqa: BLE001 - as above
                await self._one_by_one([one], own)

    async def _fail(self, hook: Journalled, error: Exception) -> None:
        """Keep a hook that cannot be applied, with its error, for a person to see and replay."""
        # The error itself may repeat what the customer wrote: it stands in the journal, not in the log.
        log.error("hook not applied", channel=hook.channel, hook=hook.id, error=type(error).__name__)
        async with self.database.writing() as connection:
            await hooks.keep(
                connection,
                hook_id=hook.id,
                channel=hook.channel,
                received_at=hook.received_at,
                method=hook.method,
                url=hook.url,
                headers=hook.headers,
                body=hook.body,
                state="failed",
                error=storable(f"{type(error).__name__}: {error}"[:500]),
            )

    def _unknown_event(self, name: str, kind: str) -> None:
        """Count by kind, but not by more kinds than a provider has: a visitor may make them up."""
        if (name, kind) not in self._kinds and len(self._kinds) >= KINDS:
            kind = "other"
        self._kinds.add((name, kind))
        self.metrics.unknown_events.labels(name, kind).inc()

    def _took(self, name: str) -> Histogram:
        """Find a channel's histogram; asking for labels costs more than counting."""
        found = self._histograms.get(name)
        if found is None:
            found = self._histograms[name] = self.metrics.keep_seconds.labels(name)
        return found

    def _counter(self, name: str, kind: str) -> Counter:
        found = self._counters.get((name, kind))
        if found is None:
            found = self._counters[name, kind] = self.metrics.accepted.labels(name, kind)
        return found

    def _count(self, arrived: Sequence[Arrived], kept: Kept) -> None:
        for one in arrived:
            for event in one.events:
                self._counter(one.journalled.channel, type(event).__name__).inc()
        if kept.duplicates:
            self.metrics.duplicates.labels(arrived[0].journalled.channel).inc(kept.duplicates)

    def _tell(self, kept: Kept) -> None:
        """After the commit: pages, and the loops that have work now."""
        for fresh in kept.fresh:
            self.live.publish(
                Change(
                    kind=fresh.kind,  # type: ignore[arg-type]
                    conversation_id=fresh.conversation_id,
                    message_id=fresh.message_id,
                )
            )
        if kept.begun:
            self.nudges.nudge("assign")
        if kept.files:
            self.nudges.nudge("media")
        if self.rules.slack and kept.fresh:
            for lane in ("slack", "slack-cards", "slack-marks"):
                self.nudges.nudge(lane)

    def _aside(self, work: "asyncio.Future[None] | object") -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _typing(self, event: Typing) -> None:
        """Tell the pages that a customer writes; nothing is kept."""
        async with self.database.reading() as connection:
            address = await customers.by_address(connection, event.address)
            if address is None:
                return
            conversation = await conversations.going_on(connection, address.customer_id)
        if conversation is not None:
            self.live.publish(Change(kind="typing", conversation_id=conversation.id))


def _told(one: Arrived) -> None:
    """Tell who waits that the hook is kept, if anybody still does."""
    if not one.kept.done():
        one.kept.set_result(None)


def _refuse(arrived: Sequence[Arrived], error: Exception) -> None:
    for one in arrived:
        if not one.kept.done():
            one.kept.set_exception(error)
