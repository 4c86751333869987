"""Reading a stream beside its owners, from an instant or a sequence to where it ended when that began."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import nats.errors
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from inbox.journal.pulling import Ended, pulled_by
from inbox.journal.server import DEAD, DEAD_SUBJECT, FORGOTTEN_SECONDS, HOOKS, SUBJECT, Server
from storage.instants import EPOCH

SUBJECTS: Final = {HOOKS: f"{SUBJECT}.*", DEAD: f"{DEAD_SUBJECT}.*"}


@dataclass(frozen=True, slots=True)
class Looker:
    """Who reads a stream, and how much is *left* to read.

    A reader is at one of the stream's copies, which may lag behind; who leads the stream says what its
    *last* message is, 0 if none is to be read.
    """

    stream: str
    name: str
    left: int
    last: int


async def since(server: Server, stream: str, at: datetime) -> Looker:
    """Begin to read a stream from an instant."""
    number, came = await _last(server, stream, SUBJECTS[stream])
    begin = {"deliver_policy": DeliverPolicy.BY_START_TIME, "opt_start_time": at.astimezone(UTC)}
    return await _begun(server, stream, number if came >= at else 0, **begin)


async def after(server: Server, partition: int, sequence: int) -> Looker:
    """Begin to read a partition after a sequence."""
    subject = f"{SUBJECT}.{partition}"
    number, _ = await _last(server, HOOKS, subject)
    begin = {"deliver_policy": DeliverPolicy.BY_START_SEQUENCE, "opt_start_seq": sequence + 1}
    return await _begun(server, HOOKS, number if number > sequence else 0, filter_subject=subject, **begin)


async def _last(server: Server, stream: str, subject: str) -> tuple[int, datetime]:
    """Ask who leads a stream for its last message: its number, and when it came."""
    try:
        found = await server.stream.get_last_msg(stream, subject)
    except NotFoundError:
        return 0, EPOCH
    return found.seq or 0, found.time or EPOCH


async def _begun(server: Server, stream: str, last: int, **begin: Any) -> Looker:
    info = await server.stream.add_consumer(
        stream,
        ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            inactive_threshold=FORGOTTEN_SECONDS,
            mem_storage=True,
            num_replicas=1,
            **begin,
        ),
    )
    return Looker(stream, info.name, info.num_pending or 0, last)


async def looking(server: Server, looker: Looker, until: datetime) -> AsyncGenerator[Msg, None]:
    """Read what *looker* has begun to read, to its end or to what came after an instant.

    Raises Ended, also where the stream has more than the copy of it that was read.
    """
    seen, left = 0, looker.left
    try:
        async with pulled_by(server, looker.stream, looker.name) as pulled:
            while left:
                found = await pulled.batch()
                for message in found:
                    if message.metadata.timestamp > until:
                        return
                    yield message
                    seen = message.metadata.sequence.stream
                left = found[-1].metadata.num_pending if found else 0
                await asyncio.sleep(0)  # what is here already is taken without a pause
    finally:
        with suppress(nats.errors.Error, TimeoutError, OSError):  # it is forgotten soon by itself
            await server.stream.delete_consumer(looker.stream, looker.name)
    if seen < looker.last:
        raise Ended("what was read lags behind")
