"""The loop that writes first: it plans, hands off, and minds what became of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from config.touches import Book
from inbox.desk.operations import Desk
from inbox.leisure import Leisure
from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches.greeting import tell
from inbox.touches.handing import AT_ONCE, Handing
from inbox.touches.listening import listen
from inbox.touches.minding import mind
from inbox.touches.once import with_one_offs
from inbox.touches.pausing import CHANGED, Instance, Pause, pause, paused
from inbox.touches.planning import plan, planned_at, remember
from inbox.touches.rules import Current, Rules
from inbox.touches.spans import span
from inbox.touches.stopping import call_off, expire
from storage.database import Database

BELL: Final = "touches"
EVERY: Final = 5.0
CALL_OFF_EVERY: Final = timedelta(minutes=1)
PLAN_EVERY: Final = timedelta(hours=1)
LEARNING: Final = timedelta(minutes=10)
"""How long after the start nothing is planned or sent before channels have told their templates."""
PLAN_AGAIN: Final = timedelta(minutes=1)
"""How soon after a plan another may follow a nudge: what comes in meanwhile is planned together."""

log = structlog.get_logger()


class Touches:
    """Runs the touches of one process; another process beside it doubles nothing, as rows decide."""

    def __init__(
        self,
        *,
        database: Database,
        rules: Rules,
        book: Book,
        current: Current,
        instance: Instance,
        live: Live,
        nudges: Nudges,
        clock: Callable[[], datetime],
        plan_every: timedelta = PLAN_EVERY,
        desk: Desk | None = None,
    ) -> None:
        """Plan by *rules* and the one-offs of *book*; *current* tells the outbox's guard of them.

        The *desk* is told of birthdays that nobody greets.
        """
        self._desk = desk
        self._database = database
        self._rules = rules
        self._book = book
        self._current = current
        self._instance = instance
        self._live = live
        self._nudges = nudges
        self._clock = clock
        self._plan_every = plan_every
        self._begun = False
        self._stopping = False
        self._planned: datetime | None = None
        self._took = timedelta()
        self._nudged = False
        self._called_off: datetime | None = None
        self._first: datetime | None = None
        self._learning = False
        self._leisure = Leisure(database.rush)

    async def run(self) -> None:
        """Plan, hand off and mind until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn(self._clock())
            except Exception:
                log.exception("touches failed")
                more = False
            if not more:
                self._nudged |= await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge(BELL)

    def plan_soon(self) -> None:
        """Plan at the next turn: after an import, or when a one-off was approved."""
        self._planned = self._called_off = None
        self._nudges.nudge(BELL)

    async def turn(self, now: datetime) -> bool:
        """Do what is due at *now*; says whether there is more. The first turn begins with what was left."""
        learnt = self._learning
        self._learning = self._is_learning(now)
        seldom = _is_due(self._called_off, now, CALL_OFF_EVERY) or (learnt and not self._learning)
        if seldom:
            self._current.rules = await with_one_offs(self._database, self._rules, self._book, now)
            self._called_off = now
        on = self._current.rules.touches
        if on and not self._begun:
            await self._begin(now)
        all_heard = await listen(self._database, self._current.rules, self._desk, now, leisure=self._leisure)
        await mind(self._database, self._current.rules, now)
        if seldom:
            await call_off(self._database, self._current.rules, now)
            if self._desk is not None:
                await tell(self._database, self._desk, self._current.rules, now)
        if (
            on
            and not self._learning
            and _is_due(self._planned, now, self._plan_again() if self._nudged else self._plan_every)
        ):
            await self._plan(now)
        async with self._database.reading() as connection:
            stop = await paused(connection)
        await expire(self._database, now, "expired" if stop is None else stop.reason, kinds=tuple(on))
        if not all_heard:
            return True  # a stop may stand in what is not read yet
        return bool(on) and stop is None and not self._learning and await self._hand(now)

    def _is_learning(self, now: datetime) -> bool:
        """Tell whether a channel has still to say what it may send: until then it would be passed over."""
        self._first = self._first or now
        if not timedelta() <= now - self._first < LEARNING:
            return False
        return any(self._rules.specs[name].learning for name in self._rules.ways)

    async def _begin(self, now: datetime) -> None:
        """Know the database again before anything goes: a copy or a backup waits for somebody's word."""
        if not await self._instance.is_known(self._database):
            why = "The database is not the one that sent last: it was restored or copied."
            async with self._database.writing() as connection:
                await pause(connection, Pause(by="tidings", at=now, why=why, reason=CHANGED))
            log.warning("touches wait: the database was restored or copied; see `tidings touches resume`")
        self._begun = True

    def _plan_again(self) -> timedelta:
        """Say how long after a plan a nudge may bring another: planning takes a twentieth of the time."""
        return min(max(PLAN_AGAIN, 20 * self._took), self._plan_every)

    async def _plan(self, now: datetime) -> None:
        self._nudged = False  # what is kept from here on nudges again
        last = await planned_at(self._database)
        changed = await plan(self._database, self._current.rules, now, span(now, last))
        await remember(self._database, now)
        self._planned, self._took = now, self._clock() - now
        if changed:
            log.info("touches planned", changed=changed)

    async def _hand(self, now: datetime) -> bool:
        handing = Handing(
            database=self._database, rules=self._current.rules, live=self._live, nudges=self._nudges
        )
        handed = await handing.hand(now)
        if handed.out:
            await self._instance.went_out(self._database)
        return handed.looked == AT_ONCE


def _is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """A clock set back makes it due too."""
    return last is None or not last <= now < last + every
