"""Looking up what became of a message whose answer was lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.channel import Channel
from bots.errors import ChannelError
from inbox.owing import Owing
from storage.endings import Outcome
from storage.rows import Delivery
from storage.statuses import ASKING, PERHAPS, READY, SENT

LOOK_UPS: Final = (2.0, 10.0, 60.0)

log = structlog.get_logger()


class Asking:
    """Asks a channel's provider after 2, 10 and 60 seconds."""

    def __init__(self, *, channel: Channel, owing: Owing, clock: Callable[[], datetime]) -> None:
        """Ask *channel* about the rows of *owing*."""
        self._channel = channel
        self._owing = owing
        self._clock = clock
        self._asked: dict[int, int] = {}

    async def ask(self, row: Delivery) -> Outcome:
        """Ask once; absent after the last time means it may go again, not knowing means perhaps sent.

        A channel forgets at a restart what it heard of, and may find what was sent before in the same words.
        """
        try:
            found = await self._channel.look_up(await self._owing.message_out(row))
            if found is not None and await self._owing.is_anothers(row, found.external_id):
                return self._later(row, "the provider shows only what was sent before")
        except ChannelError as error:
            return self._later(row, error.reason)
        except Exception as error:
            log.exception("look-up failed", delivery=row.id)
            return self._later(row, f"a mistake of ours: {type(error).__name__}")
        if found is None:
            return self._later(row, "the provider does not know it (yet)", absent=True)
        self._asked.pop(row.id, None)
        return Outcome(
            id=row.id,
            state=SENT,
            external_id=found.external_id,
            segments=found.segments,
            also=found.also,
        )

    def _later(self, row: Delivery, reason: str, *, absent: bool = False) -> Outcome:
        step = self._asked.pop(row.id, 0) + 1
        if step < len(LOOK_UPS):
            self._asked[row.id] = step
            due = self._clock() + timedelta(seconds=LOOK_UPS[step])
            return Outcome(id=row.id, state=ASKING, due_at=due, reason=reason)
        state = READY if absent else PERHAPS
        return Outcome(id=row.id, state=state, due_at=self._clock(), reason=reason)
