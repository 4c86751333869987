"""Touches that ring nowhere: they wait on a page and are said when its visitor comes."""

from datetime import datetime

from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches.pausing import paused
from inbox.touches.rules import Current
from inbox.touches.saying import say
from inbox.touches.texts import Words
from inbox.touches.weighing import still_there, weigh
from routing.touch import Reachable
from storage import touch_outcomes, touches
from storage.database import Database
from storage.touch_rows import TouchRow
from storage.touch_states import DEFERRED, HANDED_OFF


class Showing:
    """Says what waits for a visitor."""

    def __init__(self, *, database: Database, current: Current, live: Live, nudges: Nudges) -> None:
        """Work on the rows of *database* by the *current* rules."""
        self._database = database
        self._current = current
        self._live = live
        self._nudges = nudges

    async def visited(self, address: str, now: datetime) -> int:
        """Say what waits for the visitor at *address*, if it may still be said; returns how many."""
        if not self._current.rules.touches:
            return 0
        async with self._database.reading() as connection:
            waiting = await touch_outcomes.to_show(connection, address, now)
        shown = 0
        for row in waiting:
            shown += await self._show(row, address, now)
        return shown

    async def _show(self, row: TouchRow, address: str, now: datetime) -> bool:
        async with self._database.writing() as connection:
            current = await touches.one(connection, row.id)
            if current is None or current.revision != row.revision or row.address_id is None:
                return False
            stop = await paused(connection)
            weighed = await weigh(
                connection, self._current.rules, row, now, paused="" if stop is None else stop.reason
            )
            against = "touch_switched_off" if weighed is None else still_there(weighed)
            if against:
                await touches.move(
                    connection,
                    self._database.ids,
                    row,
                    DEFERRED,
                    now,
                    reason=against,
                    due_at=now,
                    handed_at=None,
                )
                return False
            where = Reachable(id=row.address_id, address=address, channel=row.channel)
            told = Words(text=row.text, language=row.language)
            change = await say(connection, self._database.ids, self._current.rules, row, where, told, now)
            await touches.move(
                connection,
                self._database.ids,
                row,
                HANDED_OFF,
                now,
                data={"visited": True},
                message_id=change.message_id,
            )
        self._live.publish(change)
        self._nudges.nudge(row.channel)
        return True
