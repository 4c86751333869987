"""The loop that gives waiting conversations to agents, watches promised times, and wakes those set aside."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from inbox.assigning.away import Away
from inbox.assigning.giving import Giving
from inbox.assigning.handing_on import HandingOn
from inbox.assigning.placing import Placing
from inbox.assigning.targets import Targets
from inbox.desk.act import Ground
from inbox.desk.availability import come_back
from inbox.desk.moves import Moves
from inbox.nudges import Nudges
from storage import availability, conversations
from storage.rows import Conversation

EVERY: Final = 5.0
SOON: Final = 1.0  # after a nudge, which may have come too early to look at everything
FEW: Final = 8  # woken or taken from who left in one turn, each in a transaction of its own
SHOWN: Final = 16  # cards told anew in one transaction
REST: Final = 0.02  # seconds between two turns while there is more: hooks have the loop and the database
WATCH: Final = timedelta(seconds=1)  # how often, at most, what the clock says is done
LATEST: Final = timedelta(seconds=2)  # how long the rules are asked about many before anything is given

log = structlog.get_logger()


class Assign:
    """One owner of all assignments, so that two agents never get the same conversation."""

    def __init__(
        self, *, ground: Ground, nudges: Nudges, clock: Callable[[], datetime], business: str = "Tidings"
    ) -> None:
        """Decide over the rows of *ground*; *business* is the name that customers see."""
        self._ground = ground
        self._moves = Moves(ground)
        self._nudges = nudges
        self._clock = clock
        self._stopping = False
        self._placing, self._giving = Placing(ground, business=business), Giving(ground)
        self._targets, self._handing_on = Targets(ground), HandingOn(ground)
        self._away = Away(ground, business=business)
        self._placed: set[int] = set()  # what the rules have sorted and nobody got yet: cards to be told
        self._watched: datetime | None = None
        self._sorting_since: datetime | None = None

    async def run(self) -> None:
        """Assign and wake until `stop`."""
        nudged = False
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("assigning failed")
                more = False
                await asyncio.sleep(1)
            if not more:
                nudged = await self._nudges.wait("assign", SOON if nudged else EVERY)
            if more or nudged:
                await asyncio.sleep(REST)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge("assign")

    async def turn(self) -> bool:
        """Do a little of what is due at this moment; says whether there may be more."""
        now = self._clock()
        if self._watched is None or now - self._watched >= WATCH:
            self._watched = None if await self._watch(now) else now
        placed, more_new = await self._placing.turn(now)
        self._placed.update(placed)
        if placed:
            self._giving.more()
        if self._sorts_first(more_new, now):
            return True
        given, more = await self._giving.turn(now)
        self._placed -= given
        if not more and not more_new:
            await self._show(now)
        return more or more_new or bool(self._placed) or self._watched is None

    def _sorts_first(self, more: bool, now: datetime) -> bool:
        """Whether all that is new is sorted before anything is given: for a while, so that nobody starves."""
        if not more:
            self._sorting_since = None
            return False
        self._sorting_since = self._sorting_since or now
        return now - self._sorting_since < LATEST

    async def _show(self, now: datetime) -> None:
        """Tell the cards of those who wait on by when they are to be answered."""
        some = sorted(self._placed)[:SHOWN]
        if some:
            async with self._ground.act(now) as act:
                await act.changed(*some)
            self._placed.difference_update(some)

    async def _watch(self, now: datetime) -> bool:
        """Do what the clock says: who is back, wakes, left, is late; says whether more is due."""
        async with self._ground.database.reading() as connection:
            back = await availability.back_by(connection, now)
            asleep = await conversations.asleep_until(connection, now, FEW)
            left = await conversations.of_who_left(connection, FEW)
        if back:
            async with self._ground.act(now) as act:
                await come_back(act, await availability.back_by(act.connection, now))
        for one in asleep:
            await self._moves.wake(one.id, None, now=now)
            await asyncio.sleep(0)
        for one in left:
            await self._release(one, now)
            await asyncio.sleep(0)
        late = await self._targets.turn(now)
        on = await self._handing_on.turn(now)
        told = await self._away.turn(now)
        if back or asleep or left:
            self._giving.more()
        return bool(back or asleep or left) or late or on or told

    async def _release(self, one: Conversation, now: datetime) -> None:
        """Take a conversation from somebody who is no agent any more."""
        async with self._ground.act(now) as act:
            current = await act.conversation(one.id)
            if current.owner_id != one.owner_id or current.owner_id is None:
                return
            name = (await act.agent(current.owner_id)).name
            await conversations.change(act.connection, one.id, owner_id=None)
            data = {"why": f"{name} does not work here any more"}
            await act.happened("given_back", one.id, current.owner_id, data)
