"""The loop that lets the calls of erased customers leave the streams, once the database has them.

What is owed stands in the database since the erasure. Whatever stops this loop, it begins again: what is
gone from a stream is gone, and is looked for once more at the most.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import nats.errors
import structlog

from inbox.journal.late import SETTLED, Late
from inbox.journal.pulling import Ended
from inbox.journal.sweeping import Swept, sweep, sweep_dead
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from storage import forgetting
from storage.database import Unavailable
from storage.forgetting import Owed, Place

EVERY: Final = 30.0
BELL: Final = "forgetting"

log = structlog.get_logger()


class Forgetting:
    """Takes out of the streams what the database forgot."""

    def __init__(
        self,
        *,
        late: Late,
        nudges: Nudges,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        """Do so over the database of *late*, whose lease says until when."""
        self._late = late
        self._server = late.server
        self._database = late.eraser.database
        self._nudges = nudges
        self._metrics = metrics
        self._clock = clock
        self._stopping = False

    async def run(self) -> None:
        """Look twice a minute until `stop`."""
        while not self._stopping:
            try:
                await self.turn()
            except (nats.errors.Error, Ended, Unavailable, TimeoutError, OSError) as error:
                log.info("calls of erased customers stay in the stream for now", error=type(error).__name__)
            except Exception:
                log.exception("calls of erased customers stay in the stream")
            await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Leave the rest to who comes after."""
        self._stopping = True
        self._metrics.forgetting.set(0)
        self._nudges.nudge(BELL)

    async def turn(self) -> int:
        """Take out what is owed since a minute or longer; says how many erasures owe nothing any more."""
        now = self._clock()
        async with self._database.reading() as connection:
            owed = await forgetting.owed(connection)
            places = await forgetting.places(connection)
        self._metrics.forgetting.set(len(owed))
        due = [one for one in owed if one.at + SETTLED <= now]
        if not due:
            return 0
        stream = await self._server.made()
        due = [one for one in due if await self._late.is_over(one, places, stream)]
        ended = await self._take_out(due, places, stream, now)
        self._metrics.forgetting.set(len(owed) - ended)
        return ended

    async def _take_out(
        self, due: Sequence[Owed], places: Mapping[int, Place], stream: str, now: datetime
    ) -> int:
        keys = {key for one in due for key in one.left}
        for one in due:
            keys |= await self._late.forget(one, stream, now)
        swept = await sweep(self._server, keys, places, stream, now)
        await sweep_dead(self._server, keys.union(*(one.hooks for one in due)), now)
        return sum([await self._settle(one, swept, now) for one in due])

    async def _settle(self, one: Owed, swept: Swept, now: datetime) -> bool:
        """Write down how far it has come; says whether that is the end."""
        held = swept.held.intersection(one.left)
        async with self._database.writing() as connection:
            if held:
                await forgetting.keep(connection, replace(one, left=sorted(set(one.left) - swept.gone)))
                return False
            await forgetting.done(connection, one, now)
        log.info("calls of an erased customer left the stream", receipt=one.receipt_id)
        return True
