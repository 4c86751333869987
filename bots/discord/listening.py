"""The bot's ear: a hook per dispatch, and the session moves only over what is kept."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from aiohttp import ClientSession

from bots.channel import Hook, Keep
from bots.discord.catching_up import Missed, unless
from bots.discord.gateway import INTENTS, SERVER_INTENTS, Connection, Ended, connect, session_of
from bots.discord.keeping import Keeper
from bots.discord.naming import first_after
from bots.discord.places import Places, Session
from bots.discord.reading import Place
from bots.discord.settings import Settings
from bots.errors import ChannelError, Throttled, Verdict
from bots.json_body import Json

log = logging.getLogger(__name__)
MOST_WAITING: Final = 1_000
LONGEST: Final = 60.0
SAVE_SECONDS: Final = 5.0
"""How old what is written down may be; what is read twice after a crash does no harm."""
DOUBTS: Final = 3
"""Failures after which a session is given up: where it is to be resumed may be gone."""


class Listener:
    """One bot at the gateway, connected again and again until told to stop.

    *seal* makes the hook of what was heard. What nobody kept is not counted as heard: the session is
    resumed before it. Where a session is lost, the places we know are read from their last kept message.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        missed: Missed,
        places: Places,
        place: Place,
        seal: Callable[[bytes, datetime], Hook],
        keep: Keep,
    ) -> None:
        """Connect nowhere yet."""
        self._settings, self._missed, self._places, self._place = settings, missed, places, place
        self._stopping = asyncio.Event()
        self._keeper = Keeper(
            missed=missed, places=places, place=place, stopping=self._stopping, seal=seal, keep=keep
        )
        self._failures = 0
        self._saved_at = 0.0
        self.first: asyncio.Future[ChannelError | None] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        """Ask `run` to end: the connection is left, hooks being kept are finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Listen until stopped; only what cannot be mended ends it."""
        async with ClientSession() as client:
            while not self._stopping.is_set():
                try:
                    await self._listen(client)
                    continue
                except Ended as ended:
                    if not ended.resumable:
                        self._places.session = None
                    await self._rest(ended)
                except ChannelError as error:
                    self._tell(error)
                    if error.verdict is Verdict.GIVE_UP:
                        log.error("discord: the bot no longer listens: %s", error.reason)
                        return
                    if self._failures >= DOUBTS:
                        self._places.session = None
                    await self._rest(error)
                except Exception as error:  # noqa: BLE001
                    await self._rest(error)

    async def _listen(self, client: ClientSession) -> None:
        """Hold one connection until it ends; what was read from it is kept before anything else."""
        session = self._places.session
        opened = await unless(self._stopping, self._open(client, session))
        if opened is None:
            return
        connection, url = opened
        waiting: asyncio.Queue[Json | None] = asyncio.Queue(MOST_WAITING)
        reading = asyncio.ensure_future(self._read(connection, session, waiting))
        keeping = asyncio.ensure_future(self._keep_waiting(connection, url, waiting))
        stopping = asyncio.ensure_future(self._stopping.wait())
        tasks = (reading, keeping, stopping)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            reading.cancel()
            await asyncio.wait({reading})
            ending = asyncio.ensure_future(waiting.put(None))  # nobody takes it where keeping failed
            await asyncio.wait({ending, keeping}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            await keeping
            if not reading.cancelled():
                reading.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await connection.close()
            await self._places.save()

    async def _open(self, client: ClientSession, session: Session | None) -> tuple[Connection, str]:
        url = session.url if session is not None else await self._missed.gateway_url()
        token = self._settings.token.get_secret_value()
        intents = INTENTS | (SERVER_INTENTS if self._place.support else 0)
        return await connect(client, url, token, intents=intents, seconds=self._settings.timeout), url

    async def _read(
        self, connection: Connection, session: Session | None, waiting: "asyncio.Queue[Json | None]"
    ) -> None:
        async for frame in connection.dispatches(session):
            await waiting.put(frame)

    async def _keep_waiting(
        self, connection: Connection, url: str, waiting: "asyncio.Queue[Json | None]"
    ) -> None:
        """Keep all that waits at this moment together, so that it shares a commit; None ends it."""
        while True:
            frames = [await waiting.get()]
            while not waiting.empty():
                frames.append(waiting.get_nowait())
            here = [frame for frame in frames if frame is not None]
            at = next((n for n, frame in enumerate(here) if frame.get("t") == "READY"), None)
            if at is not None:
                await self._begin(connection, here[at], url)
                here = here[at + 1 :]
            elif any(frame.get("t") == "RESUMED" for frame in here):
                self._tell(None)
            await self._keep_all(connection, here)
            if len(frames) > len([frame for frame in frames if frame is not None]):
                return

    async def _begin(self, connection: Connection, ready: Json, url: str) -> None:
        """Begin a new session: first all that was said while there was none, then count on it."""
        from_now = first_after(datetime.now(UTC))
        self._tell(None)
        self._keeper.gap = self._places.latest()
        async for message in self._missed.messages(self._stopping):
            await self._keeper.keep({"t": "MESSAGE_CREATE", "d": message})
        if self._place.support and not self._missed.knows(self._place.support):
            self._places.heard(self._place.support, "", from_now)
        if not self._stopping.is_set() and (session := session_of(ready, url)) is not None:
            self._places.session = session
            connection.kept(session.sequence)

    async def _keep_all(self, connection: Connection, frames: list[Json]) -> None:
        """Keep *frames*, and move the session over those before the first that was not; raises Ended."""
        for frame in frames:
            await self._keeper.keep_before(frame)
        ends = await asyncio.gather(*(self._keeper.keep(frame) for frame in frames), return_exceptions=True)
        for frame, end in zip(frames, ends, strict=True):
            if isinstance(end, BaseException):
                raise Ended(f"a dispatch is not kept yet: {type(end).__name__}", resumable=True) from end
            if isinstance(sequence := frame.get("s"), int):
                self._places.advance(sequence)
                connection.kept(sequence)
        self._failures = 0
        if (now := asyncio.get_running_loop().time()) - self._saved_at > SAVE_SECONDS:
            self._saved_at = now
            await self._places.save()

    def _tell(self, error: ChannelError | None) -> None:
        if not self.first.done():
            self.first.set_result(error)

    async def _rest(self, error: Exception) -> None:
        """Wait before connecting again: twice as long each time, with jitter, and as we were asked."""
        self._failures += 1
        longest = min(LONGEST, self._settings.retry_seconds * 2.0 ** min(self._failures - 1, 10))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311
        if isinstance(error, Throttled) and error.retry_after:
            pause += error.retry_after
        reason = error if isinstance(error, ChannelError | Ended) else type(error).__name__
        log.warning("discord: connecting again in %.1f s: %s", pause, reason)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return
