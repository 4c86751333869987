"""Calls of an erased customer that came before the erasure, and that the database had only after it.

Where hooks wait in the stream while somebody is erased, theirs are applied afterwards: as words of a
customer who is new. The marks that the erasure left tell whose they are.
"""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.channel import Channel, Event
from inbox.credentials import Credentials
from inbox.journal.looking import after, looking
from inbox.journal.server import Server
from inbox.journal.wire import PARTITIONS, Waiting, hook_of, waiting
from inbox.preferences.erasing import Before, Eraser, Wish, WroteOn
from inbox.preferences.marks import mark
from storage import customers, erasing, forgetting
from storage.forgetting import Owed, Place

SETTLED: Final = timedelta(minutes=1)
"""After which the stream surely has what came before an erasure."""
HOUSE: Final = Wish(who="house", face="", name="calls that came before an erasure")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Looks for late calls, and erases once more who is new by nothing else."""

    server: Server
    channels: Mapping[str, Channel]
    credentials: Credentials
    eraser: Eraser

    async def is_over(self, one: Owed, places: Mapping[int, Place], stream: str) -> bool:
        """Whether all that came before an erasure is applied by now."""
        for partition in range(PARTITIONS):
            looker = await after(self.server, partition, _reached(places, partition, stream))
            async with aclosing(looking(self.server, looker, one.at + SETTLED)) as messages:
                async for _ in messages:
                    return False
        return True

    async def forget(self, one: Owed, stream: str, now: datetime) -> set[int]:
        """Erase what was applied late; gives the hooks that are to leave the stream for it."""
        found = _Found()
        for partition in range(PARTITIONS):
            looker = await after(self.server, partition, _reached(one.places, partition, stream))
            async with aclosing(looking(self.server, looker, one.at + SETTLED)) as messages:
                async for message in messages:
                    self._look(message.data, one, found)
        before = Before(hooks=found.keys, at=one.at)
        for address in sorted(found.addresses):
            await self._forget(address, before, now)
        async with self.eraser.database.writing() as connection:  # those too that could not be applied
            await erasing.forget_hooks(connection, sorted(found.keys))
        return found.keys

    def _look(self, data: bytes, one: Owed, found: "_Found") -> None:
        try:
            hooks = waiting(data)
        except (ValueError, KeyError, TypeError):  # nobody can read it; it is among the dead
            return
        for each in hooks:
            if each.hook.received_at > one.at:
                continue
            names = {event.address for event in self._events(each) if event.address}
            theirs = {name for name in names if mark(name, self.eraser.secret) in one.marks}
            if theirs:
                found.keys.add(each.hook.id)
                found.addresses |= theirs

    def _events(self, found: Waiting) -> "tuple[Event, ...]":
        channel = self.channels.get(found.hook.channel)
        if channel is None:
            return ()
        try:
            return tuple(channel.read(self.credentials.opened(hook_of(found.hook))).events)
        except Exception as error:  # noqa: BLE001 - who applied it met the same, and kept it with its error
            log.info("a late call cannot be read", hook=found.hook.id, error=type(error).__name__)
            return ()

    async def _forget(self, address: str, before: Before, now: datetime) -> None:
        database = self.eraser.database
        async with database.reading() as connection:
            known = await customers.by_address(connection, address)
        if known is None:
            return
        try:
            done = await self.eraser.erase(known.customer_id, now, HOUSE, before)
        except WroteOn:
            async with database.writing() as connection:
                said = await forgetting.forget_late(connection, known.id, before.hooks, now)
            log.warning("who was erased wrote on; what Slack shows of before stays", conversations=said.talks)
            await self.eraser.discard(said.files)
        else:
            log.info("customer erased once more: their calls came late", receipt=done.receipt.id)


@dataclass(slots=True)
class _Found:
    keys: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


def _reached(places: Mapping[int, Place], partition: int, stream: str) -> int:
    place = places.get(partition)
    return place.sequence if place is not None and place.stream == stream else 0
