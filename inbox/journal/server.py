"""NATS: one connection, the streams of the journal, and what is read from them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import nats
import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import APIError, NotFoundError

from inbox.journal.wire import PARTITIONS

HOOKS: Final = "tidings-hooks"
DEAD: Final = "tidings-dead"
SUBJECT: Final = "tidings.hooks"
DEAD_SUBJECT: Final = "tidings.dead"
KEPT: Final = timedelta(days=7)
"""How long the stream has hooks, at most: a database that is away longer loses what came first."""
DEAD_KEPT: Final = timedelta(days=30)
"""How long hooks that could not be applied stay there, at most; their rows stay until a person acts."""
DUPLICATES: Final = timedelta(minutes=10)
COPIES: Final = 3
BEGIN_SECONDS: Final = 30.0
AGAIN_SECONDS: Final = 0.25
IN_HAND: Final = 1_000  # hooks that a partition has and that are not acknowledged
ACK_SECONDS: Final = 60.0
FORGOTTEN_SECONDS: Final = 60.0  # without anybody asking, after which a reader is forgotten
IN_USE: Final = 10058  # a stream of that name has another form

log = structlog.get_logger()


class Away(ConnectionError):
    """The journal's servers cannot be reached, or they cannot keep anything."""


class Server:
    """The servers named by a URL like `nats://a,b,c`: with three or more, streams have three copies.

    *again* is called each time they are there again.
    """

    def __init__(self, url: str, days: int = 0) -> None:
        """Name them; nothing is opened. No stream keeps a hook for more than *days*; 0 is no such rule."""
        self.urls = each_of(url)
        self._most = timedelta(days=days) if days else timedelta.max
        self._client: Client | None = None
        self.again: Callable[[], None] = lambda: None

    @property
    def client(self) -> Client:
        """The connection; raises Away before `open`."""
        if self._client is None:
            raise Away
        return self._client

    @property
    def stream(self) -> JetStreamContext:
        """The way to streams."""
        return self.client.jetstream(timeout=2)

    def there(self) -> JetStreamContext:
        """Give the way to streams while a server is connected, else raise Away.

        What is published meanwhile would lie in our memory, and come into the stream after its time.
        """
        if not self.client.is_connected:
            raise Away
        return self.stream

    @property
    def room(self) -> int:
        """How many bytes a message may have."""
        return self.client.max_payload

    async def open(self) -> None:
        """Connect and make the streams; raises Away after half a minute."""
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                self._client = await _connected(self.urls, lambda: self.again())
                copies = COPIES if len(self.urls) >= COPIES else 1
                await _until_made(self.stream, _hooks(copies, min(KEPT, self._most)))
                await _until_made(self.stream, _dead(copies, min(DEAD_KEPT, self._most)))
        except (TimeoutError, OSError, nats.errors.Error) as error:
            raise Away from error

    async def close(self) -> None:
        """Send what is written and let go."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await client.flush(timeout=1)
        except (nats.errors.Error, TimeoutError, OSError):
            log.warning("the journal's servers did not hear the last of us")
        await client.close()

    async def made(self) -> str:
        """Say when the stream of hooks was made: another one begins to count anew."""
        info = await self.stream.stream_info(HOOKS)
        return info.created.isoformat() if info.created else ""

    async def reader(self, partition: int, after: int) -> str:
        """Begin to read a partition after a sequence; gives the name of who reads."""
        info = await self.stream.add_consumer(
            HOOKS,
            ConsumerConfig(
                filter_subject=f"{SUBJECT}.{partition}",
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=after + 1,
                ack_policy=AckPolicy.ALL,
                ack_wait=ACK_SECONDS,
                max_ack_pending=IN_HAND,
                inactive_threshold=FORGOTTEN_SECONDS,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        return info.name

    async def take_out(self, stream: str, sequence: int) -> None:
        """Take a message out of a stream and write over its bytes; one that is not there is no error.

        The server writes over them unless it is told not to (`no_erase`, which nats-py never says):
        https://docs.nats.io/reference/reference-protocols/nats_api_reference
        """
        try:
            await self.stream.delete_msg(stream, sequence)
        except APIError:
            try:
                await self.stream.get_msg(stream, sequence)
            except NotFoundError:
                return
            raise


def each_of(url: str) -> list[str]:
    """Name each server of `nats://user@a,b,c`; who stands before the @ is asked at all of them."""
    scheme, _, rest = url.partition("://")
    who, at, hosts = rest.rpartition("@")
    return [f"{scheme}://{who}{at}{host.strip()}" for host in hosts.split(",") if host.strip()]


async def _connected(urls: Sequence[str], again: Callable[[], None]) -> Client:
    async def disconnected() -> None:
        log.warning("the journal's server is gone; another is looked for")

    async def reconnected() -> None:
        log.info("the journal's server is there again")
        again()

    async def troubled(error: Exception) -> None:
        log.info("the journal's server said", error=type(error).__name__)

    options: dict[str, Any] = {
        "name": "tidings",
        "no_echo": True,
        "allow_reconnect": True,
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": AGAIN_SECONDS,
        "connect_timeout": 2,
        "ping_interval": 5,
        "max_outstanding_pings": 2,
        "disconnected_cb": disconnected,
        "reconnected_cb": reconnected,
        "error_cb": troubled,
    }
    return await nats.connect(servers=list(urls), **options)


def _hooks(copies: int, kept: timedelta) -> StreamConfig:
    return StreamConfig(
        name=HOOKS,
        description="Webhook calls that providers were answered for; the database applies them in order.",
        subjects=[f"{SUBJECT}.{number}" for number in range(PARTITIONS)],
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        max_age=kept.total_seconds(),
        num_replicas=copies,
        duplicate_window=DUPLICATES.total_seconds(),
    )


def _dead(copies: int, kept: timedelta) -> StreamConfig:
    return StreamConfig(
        name=DEAD,
        description="Webhook calls that could not be applied, each with its error.",
        subjects=[f"{DEAD_SUBJECT}.*"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=kept.total_seconds(),
        num_replicas=copies,
        duplicate_window=DUPLICATES.total_seconds(),
    )


async def _until_made(stream: JetStreamContext, config: StreamConfig) -> None:
    """Make a stream, or bring it to what we want of it; servers that only begin are asked again."""
    while True:
        try:
            await stream.add_stream(config)
        except APIError as error:
            if error.err_code == IN_USE:
                await stream.update_stream(config)
                return
            log.info("the journal is not ready yet", reason=error.description)
        except (nats.errors.Error, TimeoutError):
            log.info("the journal is not ready yet")
        else:
            return
        await asyncio.sleep(AGAIN_SECONDS)
