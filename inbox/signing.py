"""The loop that lets customers see that an agent writes or has read, where their channel shows it."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from bots.channel import Channel, Sign
from bots.errors import ChannelError
from inbox.desk.act import Ground
from inbox.desk.signs import Shown
from storage import signs

AGAIN: Final = 4.0
"""Seconds between two signs that somebody writes: providers show one for five seconds or more."""
WAIT: Final = 10.0
AT_ONCE: Final = 8
REMEMBERED: Final = 1_000

log = structlog.get_logger()


class Signing:
    """Shows signs beside the outbox: best effort, one that fails is told in the log and nowhere else."""

    def __init__(
        self, *, ground: Ground, seconds: Callable[[], float] = time.monotonic, wait: float = WAIT
    ) -> None:
        """Show what the desk leaves on *ground*; *wait* is how long a provider may take."""
        self._ground = ground
        self._seconds = seconds
        self._wait = wait
        self._last: dict[int, float] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Show until `stop`."""
        ended = asyncio.ensure_future(self._ended.wait())
        while not self._ended.is_set():
            coming = asyncio.ensure_future(self._ground.signs.waiting.get())
            await asyncio.wait({coming, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                break
            self._begin(coming.result())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def stop(self) -> None:
        """Show no more."""
        self._ended.set()

    def _begin(self, shown: Shown) -> None:
        if len(self._under_way) >= AT_ONCE or not self._is_offered(shown.sign) or not self._is_due(shown):
            return
        task = asyncio.ensure_future(self._show(shown))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _is_offered(self, sign: Sign) -> bool:
        return any(_offers(channel, sign) for channel in self._ground.channels.values())

    def _is_due(self, shown: Shown) -> bool:
        """Whether nobody was seen to write there a moment ago."""
        if shown.sign != "typing":
            return True
        now, last = self._seconds(), self._last.get(shown.conversation_id)
        if last is not None and now - last < AGAIN:
            return False
        if len(self._last) >= REMEMBERED:
            self._last.clear()
        self._last[shown.conversation_id] = now
        return True

    async def _show(self, shown: Shown) -> None:
        try:
            async with self._ground.database.reading() as connection:
                place = await signs.place_of(connection, shown.conversation_id)
            channel = self._ground.channels.get(place.channel) if place is not None else None
            if place is None or channel is None or not _offers(channel, shown.sign):
                return
            async with asyncio.timeout(self._wait):
                await channel.show(shown.sign, place.address, place.external_id)
        except ChannelError as error:
            log.info("sign not shown", sign=shown.sign, error=type(error).__name__, reason=error.reason)
        except TimeoutError:
            log.info("sign not shown", sign=shown.sign, error="no answer in time")
        except Exception:
            log.exception("sign not shown", sign=shown.sign)


def _offers(channel: Channel, sign: Sign) -> bool:
    return channel.spec.typing if sign == "typing" else channel.spec.marks_read
