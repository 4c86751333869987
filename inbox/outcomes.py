"""What became of calls, written in groups and never forgotten."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from inbox.nudges import Nudges
from inbox.owing import Owing
from storage.database import Unavailable
from storage.endings import Outcome

TRIES: Final = 5
ROUNDS: Final = 3  # of the loop, from a socket that can be read until its outcome waits here

log = structlog.get_logger()


class Outcomes:
    """The outcomes of one lane: whoever comes first writes for all that gathered meanwhile."""

    def __init__(self, *, lane: str, owing: Owing, nudges: Nudges, clock: Callable[[], datetime]) -> None:
        """Write through *owing* and wake *lane* afterwards."""
        self._lane = lane
        self._owing = owing
        self._nudges = nudges
        self._clock = clock
        self._ended: list[Outcome] = []
        self._writing = asyncio.Lock()

    async def end(self, outcome: Outcome) -> None:
        """Return when the outcome is written."""
        self._ended.append(outcome)
        async with self._writing:
            await self._who_is_here()
            outcomes, self._ended = self._ended, []
            if outcomes:
                await self._write(outcomes)
        self._nudges.nudge(self._lane)

    async def _who_is_here(self) -> None:
        """Let in those whose answers came while the loop was busy: one commit is as dear as one of many."""
        seen = 0
        while seen < len(self._ended):
            seen = len(self._ended)
            for _ in range(ROUNDS):
                await asyncio.sleep(0)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        """Write for as long as the database is away: what the provider took must not be forgotten.

        One that cannot be written for another reason spoils no other; its row is found at the next
        start and shown as perhaps sent.
        """
        tries = 0
        while True:
            try:
                await self._owing.end(outcomes, self._clock())
                return
            except Unavailable:
                log.error("outcomes wait for the database", lane=self._lane, number=len(outcomes))
            except Exception:
                tries += 1
                log.exception("outcome not written", lane=self._lane, ids=[one.id for one in outcomes])
                if len(outcomes) > 1:
                    for one in outcomes:
                        await self._write([one])
                    return
                if tries >= TRIES:
                    return
            await asyncio.sleep(1)
