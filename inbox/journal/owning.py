"""The loop of who owns a partition of the stream: it applies hooks in order, in batches.

How far it came is written with what it keeps, under the lease: a hook is applied once, whoever applies
it and wherever they are killed. Another owner begins right after the last hook that was kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import nats.errors
import structlog
from nats.aio.msg import Msg

from bots.channel import Channel, Event
from inbox.journal.applying import Applying, Read
from inbox.journal.pulling import Ended, pulling
from inbox.journal.server import DEAD_SUBJECT, Server
from inbox.journal.wire import Waiting, hook_of, partition_of, waiting, written
from storage import leases
from storage.batch import Journalled, Place
from storage.database import Database, Unavailable
from storage.leases import Lease, Stale

PAUSE: Final = 0.5

log = structlog.get_logger()


class Gone(Exception):
    """The channel that this hook came over is not configured any more."""


@dataclass(frozen=True, slots=True)
class Come:
    """A hook of the stream and what it says, or why it cannot be read.

    *reached* is the sequence that is kept once this hook is: that of its message for the last hook in it,
    of the message before for the others.
    """

    hook: Journalled
    reached: int
    read: Read | Exception


class Owning:
    """Applies the hooks of one partition while its lease lasts."""

    def __init__(
        self,
        *,
        partition: int,
        server: Server,
        applying: Applying,
        channels: Mapping[str, Channel],
        database: Database,
    ) -> None:
        """Apply over *database*, whose lease says until when; *applying* keeps."""
        assert database.lease is not None
        self._partition = partition
        self._server = server
        self._applying = applying
        self._channels = channels
        self._database = database
        self._lease: Lease = database.lease
        self._stream = ""
        self._reached = 0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Apply until `stop`, or until another owns the partition."""
        ended = asyncio.ensure_future(self._end())
        while not self._stopping.is_set():
            try:
                await self._read_on(ended)
            except Stale:
                log.warning("another node applies these hooks now", partition=self._partition)
                return
            except (Ended, Unavailable, nats.errors.Error, TimeoutError, OSError) as error:
                log.info("reading hooks anew", partition=self._partition, error=type(error).__name__)
            except Exception:
                log.exception("applying hooks failed", partition=self._partition)
            await asyncio.wait((ended,), timeout=PAUSE)

    async def stop(self) -> None:
        """Finish the batch that is under way."""
        self._stopping.set()

    async def _end(self) -> None:
        await self._stopping.wait()

    async def _read_on(self, ended: "asyncio.Future[None]") -> None:
        """Begin where the last owner ended, and go on."""
        async with self._database.reading() as connection:
            reached, stream = await leases.reached(connection, self._lease.name)
        self._stream = await self._server.made()
        self._reached = reached if stream == self._stream else 0
        async with pulling(self._server, self._partition, self._reached) as pulled:
            while not self._stopping.is_set():
                coming = asyncio.ensure_future(pulled.batch())
                await asyncio.wait((coming, ended), return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return
                await self._take(coming.result())

    async def _take(self, messages: Sequence[Msg]) -> None:
        come = list[Come]()
        for message in messages:
            try:
                come += self._come(message)
            except (ValueError, KeyError, TypeError) as error:
                await self._keep(come)
                come = []
                await self._drop(message, error)
        await self._keep(come)
        if messages:
            behind = self._applying.metrics.journal_behind.labels(str(self._partition))
            behind.set(messages[-1].metadata.num_pending)
            await messages[-1].ack()

    def _come(self, message: Msg) -> list[Come]:
        """Read a message; one that was kept before says nothing."""
        sequence = message.metadata.sequence.stream
        if sequence <= self._reached:
            return []
        found = waiting(message.data)
        reached = [*[sequence - 1] * (len(found) - 1), sequence]
        return [Come(one.hook, at, self._read(one)) for one, at in zip(found, reached, strict=True)]

    def _read(self, found: Waiting) -> Read | Exception:
        channel = self._channels.get(found.hook.channel)
        if channel is None:
            return Gone()
        try:
            hook = self._applying.credentials.opened(hook_of(found.hook))
            events: Sequence[Event] = channel.read(hook).events
        except Exception as error:  # noqa: BLE001 - kept with the hook for a person to see
            return error
        if found.part is not None:
            events = [event for event in events if partition_of(event) == found.part]
        return Read(journalled=found.hook, events=events)

    async def _keep(self, come: Sequence[Come]) -> None:
        """Keep hooks together, or one by one where one spoils the rest; that one goes to the dead."""
        if not come:
            return
        try:
            await self._applying.apply([_whole(one) for one in come], self._place(come[-1]))
            self._reached = come[-1].reached
        except (Stale, Unavailable):
            raise
        except Exception as error:  # noqa: BLE001 - the loop's own: one hook spoils no other
            if len(come) == 1:
                await self._bury(come[0], error)
                return
            for one in come:
                await self._keep([one])

    async def _bury(self, one: Come, error: Exception) -> None:
        """Put a hook that cannot be applied among the dead, and into the journal's rows with its error."""
        said = f"{type(error).__name__}: {error}"[:500].encode("ascii", "replace").decode()
        headers = {"Tidings-Error": " ".join(said.split()), "Nats-Msg-Id": str(one.hook.id)}
        subject = f"{DEAD_SUBJECT}.{self._partition}"
        await self._server.stream.publish(subject, written([Waiting(one.hook, None)]), headers=headers)
        problem = await self._applying.set_aside(one.hook, error)
        if isinstance(problem, Unavailable):
            raise problem
        await self._applying.apply([], self._place(one))
        self._reached = one.reached

    async def _drop(self, message: Msg, error: Exception) -> None:
        """Put a message that is not of our making, or of no release we know, among the dead as it is."""
        sequence = message.metadata.sequence.stream
        log.critical("a message of the journal cannot be read", partition=self._partition, sequence=sequence)
        headers = {"Tidings-Error": type(error).__name__, "Nats-Msg-Id": f"{self._stream}-{sequence}"}
        await self._server.stream.publish(f"{DEAD_SUBJECT}.{self._partition}", message.data, headers=headers)
        place = Place(lease=self._lease, stream=self._stream, sequence=sequence)
        await self._applying.apply([], place)
        self._reached = sequence

    def _place(self, last: Come) -> Place:
        return Place(lease=self._lease, stream=self._stream, sequence=last.reached)


def _whole(one: Come) -> Read:
    """Give what a hook says; raises why it cannot be read."""
    if isinstance(one.read, Exception):
        raise one.read
    return one.read
