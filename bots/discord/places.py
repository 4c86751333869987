"""What one bot remembers: its direct messages by person, up to where each place was heard, its session.

It is kept in a small file, since a bot cannot ask Discord for its direct messages: without it, what was
said while we were off would never be heard of. All of it may be old or lost; reading again does no harm.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson

from bots.discord.naming import snowflake
from bots.json_body import table, tables, text

MOST: Final = 5_000
"""Places; those where nothing was said for longest are forgotten first."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session at the gateway: where it can be resumed, and after which dispatch."""

    id: str
    url: str
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place: whose direct messages (nobody's: the support channel), and the last message heard there."""

    user: str
    last: str


class Places:
    """The memory of one bot, in the file *path*."""

    def __init__(self, path: Path) -> None:
        """Know nothing yet."""
        self.session: Session | None = None
        self._path = path
        self._spots: OrderedDict[str, Spot] = OrderedDict()
        self._channels: dict[str, str] = {}
        self._written: bytes = b""
        self._writing = Lock()

    def channel_of(self, user: str) -> str:
        """Give the channel of *user*'s direct messages, or an empty text."""
        return self._channels.get(user, "")

    def heard(self, channel: str, user: str, message: str) -> None:
        """Remember that *message* was kept; *user* is whose direct messages these are, if they are."""
        known = self._spots.get(channel, Spot(user=user, last=""))
        last = max(known.last, message, key=lambda one: int(one or 0))
        self._spots[channel] = Spot(user=user or known.user, last=last)
        self._spots.move_to_end(channel)
        if user:
            self._channels[user] = channel
        if len(self._spots) > MOST:
            _, forgotten = self._spots.popitem(last=False)
            self._channels.pop(forgotten.user, None)

    def forget(self, channel: str) -> None:
        """Forget *channel*, which Discord says is gone."""
        spot = self._spots.pop(channel, None)
        if spot is not None:
            self._channels.pop(spot.user, None)

    def spots(self) -> list[tuple[str, Spot]]:
        """List the places with the last message heard in each, the latest used first."""
        return list(reversed(self._spots.items()))

    def latest(self) -> str:
        """Give the last message of all that were heard, or an empty text."""
        return max((spot.last for spot in self._spots.values()), key=lambda one: int(one or 0), default="")

    def load(self) -> None:
        """Read the file, where there is one that can be read."""
        try:
            told = table(orjson.loads(self._path.read_bytes()))
        except (OSError, orjson.JSONDecodeError):
            return
        for one in tables(told.get("spots")):
            channel, user, last = (snowflake(one.get(name)) for name in ("channel", "user", "last"))
            if channel:
                self.heard(channel, user, last)
        self.session = _session(table(told.get("session")))

    def save(self) -> None:
        """Write the file anew, where something changed; a disk that is full is only said."""
        self._write(self._composed())

    async def save_beside(self) -> None:
        """Do the same without holding anybody up: what is written is what is known at this moment."""
        await asyncio.to_thread(self._write, self._composed())

    def advance(self, sequence: int) -> None:
        """Move the session to the dispatch *sequence*: all before it is kept."""
        if self.session is not None and sequence > self.session.sequence:
            self.session = replace(self.session, sequence=sequence)

    def _composed(self) -> bytes:
        spots = [{"channel": channel, "user": s.user, "last": s.last} for channel, s in self._spots.items()]
        return orjson.dumps({"session": self.session, "spots": spots})

    def _write(self, composed: bytes) -> None:
        with self._writing:  # a stop may come while it is being written beside
            self._write_alone(composed)

    def _write_alone(self, composed: bytes) -> None:
        if composed == self._written:
            return
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.touch(mode=0o600)
            beside.write_bytes(composed)
            beside.replace(self._path)
            self._written = composed
        except OSError as error:
            log.warning("discord: what was heard is not remembered: %s", error.strerror)


def _session(told: dict[str, Any]) -> Session | None:
    found, url, sequence = text(told.get("id")), text(told.get("url")), told.get("sequence")
    if not found or not url or not isinstance(sequence, int):
        return None
    return Session(id=found, url=url, sequence=sequence)
