"""What one bot remembers: up to where each place was heard, its session, and whose direct messages are where.

The first two are kept, since a bot cannot ask Discord for its direct messages: without them, what was
said while we were off would never be heard of. All of it may be old or lost; reading again does no harm.
Whose direct messages a place has is asked anew after a start: numbers of people stay with the customers.
"""

from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bots.channel import Memory
from bots.discord.naming import snowflake
from bots.json_body import table, tables, text

MOST: Final = 5_000
"""Places; those where nothing was said for longest are forgotten first."""


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
    """What one bot knows, in the *memory* of the house once one is lent."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.session: Session | None = None
        self.memory: Memory | None = None
        self._spots: OrderedDict[str, Spot] = OrderedDict()
        self._channels: dict[str, str] = {}
        self._written: Any = None

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

    async def load(self) -> None:
        """Read what was known last, by this process or another."""
        if self.memory is None:
            return
        told = table(await self.memory.read())
        for one in tables(told.get("spots")):
            channel, last = (snowflake(one.get(name)) for name in ("channel", "last"))
            if channel:
                self.heard(channel, "", last)
        self.session = _session(table(told.get("session")))
        self._written = None

    async def save(self) -> None:
        """Write down what is known at this moment, where something changed."""
        known = self._known()
        if self.memory is not None and known != self._written:
            await self.memory.write(known)
            self._written = known

    def advance(self, sequence: int) -> None:
        """Move the session to the dispatch *sequence*: all before it is kept."""
        if self.session is not None and sequence > self.session.sequence:
            self.session = replace(self.session, sequence=sequence)

    def _known(self) -> dict[str, Any]:
        spots = [{"channel": channel, "last": spot.last} for channel, spot in self._spots.items()]
        return {"session": self.session and asdict(self.session), "spots": spots}


def _session(told: dict[str, Any]) -> Session | None:
    found, url, sequence = text(told.get("id")), text(told.get("url")), told.get("sequence")
    if not found or not url or not isinstance(sequence, int):
        return None
    return Session(id=found, url=url, sequence=sequence)
