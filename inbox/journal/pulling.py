"""Reading a partition of the stream: what waits is asked for ahead, and taken all at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import nats.errors
import orjson
from nats.aio.msg import Msg

from inbox.journal.server import HOOKS, Server

MOST: Final = 256
"""How many hooks go into one transaction, at most."""
LONG: Final = 5.0  # seconds that a request waits at the server
LATE: Final = 2.0  # seconds more, after which the server is taken for gone
NOT_AN_END: Final = ("404", "408")  # nothing came in time: we ask again


class Ended(Exception):
    """The server does not know this reader any more, or something on the way to it was lost."""


@dataclass(slots=True)
class Pulling:
    """A reader's messages; *asked* of them may still come without another request, *came* did.

    The server counts what it sends to a reader. What is sent while a connection breaks, or to a client
    that is too slow, is gone without a word: whoever went on after such a gap would never read it.
    """

    server: Server
    reader: str
    subscription: Any
    stream: str = HOOKS
    asked: int = 0
    came: int = 0

    async def batch(self) -> list[Msg]:
        """Wait for messages and give all that are here, at most `MOST`; empty when none came for a while.

        Raises Ended, also where one before them is missing, or a NATS error where the server is away.
        """
        if self.asked < MOST // 2:
            await self._ask()
        try:
            found = [await self.subscription.next_msg(timeout=LONG + LATE)]
        except nats.errors.TimeoutError as error:
            raise Ended from error
        while len(found) < MOST and self.subscription.pending_msgs:
            found.append(await self.subscription.next_msg(timeout=LATE))
        return [message for message in found if self._is_hook(message)]

    async def _ask(self) -> None:
        wish = {"batch": MOST - self.asked, "expires": int(LONG * 1e9)}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.reader}"
        await self.server.client.publish(subject, orjson.dumps(wish), reply=self.subscription.subject)
        self.asked = MOST

    def _is_hook(self, message: Msg) -> bool:
        """Tell a hook from what the server says about the request."""
        status = (message.headers or {}).get("Status", "")
        if not status:
            self.asked -= 1
            self.came += 1
            if message.metadata.sequence.consumer != self.came:
                raise Ended("one is missing")
            return True
        if status not in NOT_AN_END:
            raise Ended(status)
        self.asked = max(0, self.asked - int((message.headers or {}).get("Nats-Pending-Messages", MOST)))
        return False


@asynccontextmanager
async def pulling(server: Server, partition: int, after: int) -> AsyncIterator[Pulling]:
    """Read a partition after a sequence, until the block ends."""
    async with pulled_by(server, HOOKS, await server.reader(partition, after)) as pulled:
        yield pulled


@asynccontextmanager
async def pulled_by(server: Server, stream: str, reader: str) -> AsyncIterator[Pulling]:
    """Read as *reader*, who has begun to read a stream, until the block ends."""
    subscription = await server.client.subscribe(server.client.new_inbox())
    try:
        yield Pulling(server, reader, subscription, stream)
    finally:
        async with asyncio.timeout(LATE):
            await subscription.unsubscribe()
