"""One node of the simulated year: the very loop, outbox and guard, on a clock that others move."""

import os
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bots.channel import MessageOut, Sent
from bots.errors import Refused, Unreachable
from config.touch_policy import TouchKnobs
from config.touches import Book, load_touches
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.touches.guarding import Guard
from inbox.touches.loop import Touches
from inbox.touches.pausing import Instance
from inbox.touches.rules import Current, Rules, rules_of
from inbox.touches.scenario_channel import KINDS, SAID, TriedChannel
from inbox.touches.scenario_house import SetClock, pause
from storage import consents, scenario_rows
from storage.database import Connection, Database
from storage.statuses import PERHAPS
from tests.benchmarks.year_crowd import APP, PHONE, Event, Story

SECOND = timedelta(seconds=1)
TURNS = 10_000
Die = Callable[[str], None]


def live_on(_point: str) -> None:
    """Die nowhere: who is killed from outside needs no points."""


class Mortal(Database):
    """A database whose writers may die right before and right after a commit."""

    def __init__(self, url: str, die: Die) -> None:
        """Ask *die* at each point."""
        super().__init__(url)
        self._die = die

    @asynccontextmanager
    async def writing(self) -> Any:
        """Open a transaction, as the house does."""
        self._die("before")
        async with super().writing() as connection:
            yield connection
            self._die("not committed")
        self._die("committed")


@cache
def read() -> tuple[Book, Rules]:
    """Read what is shipped, once for all nodes of this process."""
    specs = {name: replace(KINDS[name], rate=100_000.0, closes=SAID) for name in (APP, PHONE)}
    book = load_touches(
        knobs=TouchKnobs(on=("birthday", "after_delivery"), zone="Europe/Lisbon"), channels=tuple(specs)
    )
    return book, rules_of(book, specs, team="support", reopen_within=timedelta(hours=72))


@dataclass(slots=True, kw_only=True)
class Provider(TriedChannel):
    """A look-alike that writes what it takes into a file of its own, which the checker reads."""

    log: Path
    blocks: frozenset[str]
    away: Sequence[tuple[datetime, datetime]]
    die: Die

    async def send(self, message: MessageOut) -> Sent:
        """Take a message, once it stands in the file."""
        now = self.clock()
        self.asked.append(message.key)
        self.die("before the call")
        if any(since <= now < until for since, until in self.away):
            raise Unreachable("The provider is away.")
        if message.address in self.blocks:
            raise Refused("Blocked.", code="blocked")
        line = f"{now.isoformat()}\t{message.address}\t{message.key}\t{' '.join(message.text.split())}\n"
        with self.log.open("ab", buffering=0) as file:
            file.write(line.encode())
        self.die("after the call")
        return Sent(external_id=f"x-{message.key}")


@dataclass(slots=True, kw_only=True)
class Node:
    """A process of ours."""

    url: str
    folder: Path
    log: Path
    told: Story
    die: Die = live_on
    clock: SetClock = field(init=False)
    database: Database = field(init=False)
    _touches: Touches = field(init=False)
    _owing: Owing = field(init=False)
    _channels: dict[str, Provider] = field(default_factory=dict)
    _outboxes: dict[str, Outbox] = field(default_factory=dict)

    async def begin(self, now: datetime) -> None:
        """Start, and find what a crash left half-way."""
        self.clock = SetClock(now)
        self.database = Mortal(self.url, self.die)
        await self.database.open()
        await self.database.go_on()
        self._build()
        await self._owing.recover([APP, PHONE], PERHAPS, now)

    def _build(self) -> None:
        book, rules = read()
        specs = rules.specs
        current, live, nudges = Current(rules), Live(), Nudges()
        blocked = frozenset(who.places[0][1] for who in self.told.people if who.blocks)
        self._channels = {
            name: Provider(
                name=name,
                spec=spec,
                outages=(),
                clock=self.clock,
                log=self.log,
                blocks=blocked,
                away=self.told.app_away if name == APP else (),
                die=self.die,
            )
            for name, spec in specs.items()
        }
        self._owing = Owing(
            database=self.database,
            live=live,
            nudges=nudges,
            media=MediaStore(self.folder / "media", "year"),
            public_url="",
            slack=False,
            guard=Guard(self.database, current),
        )
        self._touches = Touches(
            database=self.database,
            rules=rules,
            book=book,
            current=current,
            instance=Instance(self.folder / f"instance-{os.getpid()}.json")
            if self.database.dialect == "postgresql"
            else Instance(self.folder / "instance.json"),
            live=live,
            nudges=nudges,
            clock=self.clock,
            plan_every=timedelta(days=1),
        )
        self._outboxes = {
            name: Outbox(
                lane=name,
                channel=channel,
                owing=self._owing,
                nudges=nudges,
                metrics=Metrics(),
                clock=self.clock,
                seconds=self.clock.seconds,
                pause=pause,
            )
            for name, channel in self._channels.items()
        }

    async def step(self, now: datetime) -> datetime | None:
        """Do all that is due at *now*; says when to come again."""
        self.clock.now = now
        for _ in range(TURNS):
            before = self._asked()
            more = await self._touches.turn(now)
            for name, outbox in self._outboxes.items():
                due = await self._owing.next_due(name)
                if due is not None and due <= now:
                    await outbox.drain()
            self.die("between")
            if not more and before == self._asked():
                break
        return await self._next(now)

    def _asked(self) -> int:
        return sum(len(channel.asked) for channel in self._channels.values())

    async def _next(self, now: datetime) -> datetime | None:
        async with self.database.reading() as connection:
            found = [await scenario_rows.next_look(connection, now)]
        for name in self._outboxes:
            due = await self._owing.next_due(name)
            found.append(None if due is None else max(due, now + SECOND))
        return min((at for at in found if at is not None), default=None)

    async def befall(self, events: Sequence[Event]) -> None:
        """Hear what befell customers, all of it or nothing: stops, their words, deliveries, returns."""
        async with self.database.writing() as connection:
            for one in events:
                await self._hear(connection, one)

    async def _hear(self, connection: Connection, one: Event) -> None:
        match one.what:
            case "delivered":
                await scenario_rows.change_order(connection, one.number, delivered_at=one.at)
            case "returned":
                await scenario_rows.change_order(connection, one.number, returned_at=one.at)
            case "wrote":
                for key in one.places:
                    await scenario_rows.change_address(connection, key, last_in_at=one.at)
            case _:
                for key in one.places:
                    await consents.record(
                        connection,
                        self.database.ids,
                        address_id=key,
                        word="stop",
                        source="message",
                        at=one.at,
                    )
