"""Who looks at which address, woken when something there may have changed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import structlog

from bots.webchat import WebChat
from inbox.live import Change, Live
from storage.chat import addresses_of, agent_name
from storage.database import Database

MOST_REMEMBERED: Final = 10_000

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True, eq=False)
class Watcher:
    """One open page: *bell* rings on news; *typing* names an agent who is writing."""

    address: str
    bell: asyncio.Event
    typing: str = field(default="")
    closed: bool = False


class Rooms:
    """Passes the inbox's changes on to the pages they concern, with one question a conversation."""

    def __init__(self, channel: WebChat, live: Live, database: Database) -> None:
        """Begin with nobody looking."""
        self._channel = channel
        self._live = live
        self._database = database
        self._watchers: set[Watcher] = set()
        self._addresses: dict[int, frozenset[str]] = {}
        self._passing: asyncio.Task[None] | None = None

    @contextmanager
    def watch(self, address: str) -> Iterator[Watcher]:
        """Be woken for *address* until the block ends."""
        with self._channel.listen(address) as bell:
            watcher = Watcher(address=address, bell=bell)
            self._watchers.add(watcher)
            if self._passing is None or self._passing.done():
                self._passing = asyncio.create_task(self._pass_on())
            try:
                yield watcher
            finally:
                self._watchers.discard(watcher)
                if not self._watchers:
                    self._passing.cancel()

    async def _pass_on(self) -> None:
        with self._live.subscribe() as changes:
            async for change in changes:
                try:
                    await self._tell(change)
                except Exception:
                    log.exception("chat pages not told", conversation=change.conversation_id)
        for watcher in self._watchers:
            watcher.closed = True
            watcher.bell.set()

    async def _tell(self, change: Change) -> None:
        if change.kind == "gap":
            for watcher in self._watchers:
                watcher.bell.set()
            return
        addresses = await self._of(change.conversation_id)
        concerned = [watcher for watcher in self._watchers if watcher.address in addresses]
        if not concerned or (change.kind == "typing" and not change.agent_id):
            return
        who = ""
        if change.kind == "typing":
            async with self._database.reading() as connection:
                who = await agent_name(connection, change.agent_id)
        for watcher in concerned:
            watcher.typing = who or watcher.typing
            watcher.bell.set()

    async def _of(self, conversation_id: int) -> frozenset[str]:
        known = self._addresses.get(conversation_id)
        if known is None:
            async with self._database.reading() as connection:
                found = await addresses_of(connection, self._channel.name, conversation_id)
            known = frozenset(found)
            if len(self._addresses) >= MOST_REMEMBERED:
                self._addresses.clear()
            if known:
                self._addresses[conversation_id] = known
        return known
