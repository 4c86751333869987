"""The house of a scenario: the very door, planner, hand-off, outbox and minding, in memory."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bots.channel import Hook
from config.touches import Book
from inbox.accept import Accept
from inbox.backoff import FIRST, LONGEST
from inbox.desk.act import Ground
from inbox.desk.operations import Desk
from inbox.journal.applying import Applying
from inbox.journal.embedded import Embedded
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.policies import fixed
from inbox.touches.guarding import Guard
from inbox.touches.loop import Touches
from inbox.touches.pausing import Instance
from inbox.touches.rules import Current, Rules
from inbox.touches.scenario_channel import TriedChannel
from inbox.touches.showing import Showing
from storage import agents, migrate, scenario_rows
from storage import batch as batches
from storage.database import Database
from storage.keep_sqlite import SqliteKeeper

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it # nosec B108
FILE: Final = "tidings.db"
TURNS: Final = 10_000
SECOND: Final = timedelta(seconds=1)
PLAN_EVERY: Final = timedelta(days=2)  # planning looks two days ahead, and whatever happens asks for it
TEAM: Final = "support"
REOPEN: Final = timedelta(hours=72)


class Endless(Exception):
    """A scenario found no rest at one instant; that is a mistake of ours."""


@dataclass(slots=True)
class SetClock:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        """Say what time it is."""
        return self.now

    def seconds(self) -> float:
        """Count seconds, for paces."""
        return self.now.timestamp()


@dataclass(slots=True, kw_only=True)
class House:
    """What runs; `begin` is a start of the process, `end` its end."""

    folder: Path
    clock: SetClock
    rules: Rules
    book: Book
    channels: Mapping[str, TriedChannel]
    database: Database = field(init=False)
    accept: Accept = field(init=False)
    desk: Desk = field(init=False)
    touches: Touches = field(init=False)
    showing: Showing = field(init=False)
    instance: Instance = field(init=False)
    agent_id: int = 0
    _outboxes: dict[str, Outbox] = field(default_factory=dict)
    _owing: Owing = field(init=False)
    _live: Live = field(default_factory=Live)
    _nudges: Nudges = field(default_factory=Nudges)

    async def begin(self) -> None:
        """Open the database as it lies there and build all loops anew."""
        self.database = Database(f"sqlite:///{self.folder / FILE}")
        await self.database.open()
        await migrate.upgrade(self.database)
        entry = {"key": "agent", "name": "Agent", "email": "", "slack_id": "", "role": "admin", "zone": "UTC"}
        async with self.database.writing() as connection:
            await agents.sync(connection, self.database.ids, [{**entry, "teams": []}], self.clock())
            agent = await agents.by_key(connection, "agent")
        self.agent_id = agent.id if agent is not None else 0
        self._build()

    def _build(self) -> None:
        current = Current(self.rules)
        shared: dict[str, Any] = {"database": self.database, "live": self._live, "nudges": self._nudges}
        metrics = Metrics()
        applying = Applying(
            **shared,
            keeper=SqliteKeeper(self.database),
            rules=batches.Rules(team=TEAM, reopen_within=REOPEN, slack=False),
            metrics=metrics,
        )
        self.accept = Accept(
            channels=self.channels, applying=applying, journal=Embedded(applying), clock=self.clock
        )
        ground = Ground(**shared, channels=self.channels, slack=False, policies=fixed())
        self.desk = Desk(ground)
        self.showing = Showing(**shared, current=current)
        self.instance = Instance(self.folder / "instance.json")
        self.touches = Touches(
            **shared,
            rules=self.rules,
            book=self.book,
            current=current,
            instance=self.instance,
            clock=self.clock,
            plan_every=PLAN_EVERY,
        )
        media = MediaStore(self.folder / "media", "scenario")
        guard = Guard(self.database, current)
        self._owing = Owing(**shared, media=media, public_url="", slack=False, guard=guard)
        self._outboxes = {
            name: Outbox(
                lane=name,
                channel=channel,
                owing=self._owing,
                nudges=self._nudges,
                metrics=metrics,
                clock=self.clock,
                seconds=self.clock.seconds,
                pause=pause,
            )
            for name, channel in self.channels.items()
        }

    async def end(self) -> None:
        """Close everything."""
        await self.accept.close()
        await self.database.close()

    async def keep(self, channel: str, hook: Hook) -> None:
        """Keep a hook by the very door."""
        await self.accept.keep(channel, hook)

    async def settle(self) -> None:
        """Do all that is due at this instant."""
        for _ in range(TURNS):
            before = self._count()
            more = await self.touches.turn(self.clock())
            for lane, outbox in self._outboxes.items():
                due = await self._owing.next_due(lane)
                if due is not None and due <= self.clock():
                    await outbox.drain()
            if not more and before == self._count():
                return
        raise Endless

    def _count(self) -> int:
        return sum(len(channel.asked) for channel in self.channels.values())

    async def next_instant(self) -> datetime | None:
        """Say when something is due next, of what is known now."""
        now = self.clock()
        async with self.database.reading() as connection:
            found = [await scenario_rows.next_look(connection, now)]
        for lane in self.channels:
            due = await self._owing.next_due(lane)
            found.append(None if due is None else max(due, now + SECOND))
        return min((at for at in found if at is not None), default=None)


def pause(tries: int, retry_after: float | None = None) -> timedelta:
    """Wait as the outbox does, without the dice: a scenario told twice is the same twice."""
    return timedelta(seconds=max(min(FIRST * 2 ** min(tries, 20), LONGEST), retry_after or 0))


def copy(folder: Path, name: str, into: str) -> None:
    """Copy a database that is closed."""
    for end in ("", "-wal", "-shm"):
        (folder / f"{into}{end}").unlink(missing_ok=True)
        if (folder / f"{name}{end}").is_file():
            shutil.copy(folder / f"{name}{end}", folder / f"{into}{end}")


def new_folder() -> Path:
    """Make a folder in memory where there is such a place, else on the disk."""
    return Path(tempfile.mkdtemp(prefix="tidings-try-", dir=MEMORY if MEMORY.is_dir() else None))


def remove(folder: Path) -> None:
    """Remove it."""
    shutil.rmtree(folder, ignore_errors=True)
