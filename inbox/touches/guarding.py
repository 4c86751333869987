"""The last look of all, right before the call to a provider."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from inbox.touches.pausing import paused
from inbox.touches.rules import Current, Rules
from inbox.touches.weighing import still_there, weigh
from routing.choosing import CONSENT
from storage import deliveries, touches
from storage.database import Connection, Database
from storage.rows import Delivery
from storage.statuses import DELIVERED, READ, SENT
from storage.touch_rows import TouchRow
from storage.touch_states import HANDED_OFF

Renew = Callable[[datetime], Awaitable[Rules]]
NEVER: Final = frozenset({"suppressed_erased", "suppressed_deceased"})


class Guard:
    """Says whether a touch's delivery may still go."""

    def __init__(self, database: Database, current: Current, renew: Renew | None = None) -> None:
        """Read the rows of *database* by the *current* rules; *renew* reads those of today."""
        self._database = database
        self._current = current
        self._renew = renew

    async def against(self, row: Delivery, now: datetime) -> str:
        """Say why a delivery must not go to its provider now; nothing if it may, or is no touch's."""
        touch_id = _touch_of(row)
        if touch_id is None:
            return ""
        async with self._database.reading() as connection:
            touch = await touches.one(connection, touch_id)
            if touch is not None and self._renew and touch.kind not in self._current.rules.touches:
                self._current.rules = await self._renew(now)  # another node plans; we know it by its rows
            if row.part:
                return await _first(connection, row) or await self._refused(connection, touch, now)
            if touch is None or touch.state != HANDED_OFF or touch.message_id != row.message_id:
                return "already_sent_this_occasion"
            if now >= touch.valid_until:
                return "expired"
            stop = await paused(connection)
            why = "" if stop is None else stop.reason
            weighed = await weigh(connection, self._current.rules, touch, now, paused=why)
        return "touch_switched_off" if weighed is None else still_there(weighed)

    async def _refused(self, connection: Connection, touch: TouchRow | None, now: datetime) -> str:
        """Say whether the customer refused what goes on; nothing else cuts a message short."""
        weighed = None if touch is None else await weigh(connection, self._current.rules, touch, now)
        if weighed is None:
            return ""
        address_id, choice = weighed.row.address_id or 0, weighed.verdict.choice
        why = weighed.verdict.reason
        if why in CONSENT | NEVER:
            return why
        passed = "" if choice is None else choice.passed_over.get(address_id, "")
        return passed if passed in CONSENT else ""


async def _first(connection: Connection, row: Delivery) -> str:
    """A later part goes if the first one did: what was begun is ended, what was not is not begun."""
    parts = await deliveries.of_message(connection, row.message_id or 0)
    first = next((one for one in parts if one.part == 0 and one.kind == "message"), None)
    return "" if first is not None and first.state in (SENT, DELIVERED, READ) else "delivery_failed"


def _touch_of(row: Delivery) -> int | None:
    data = row.data
    found = data.get("touch") if isinstance(data, dict) else None
    return int(found) if found is not None else None
