"""Minding what was handed off: what became of it, and another address after a definite failure."""

from datetime import datetime
from typing import Any, Final

from inbox.touches.rules import Rules
from storage import touch_outcomes, touches
from storage.database import Connection, Database
from storage.statuses import DROPPED, PERHAPS
from storage.statuses import FAILED as NOT_ARRIVED
from storage.touch_outcomes import Heard
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, DEFERRED, EXPIRED, FAILED, SENT, UNKNOWN

AT_ONCE: Final = 200
OPTED_OUT: Final = "opted_out"


async def mind(database: Database, rules: Rules, now: datetime) -> int:
    """Write what became of touches that are out; returns how many changed."""
    async with database.reading() as connection:
        news = await touch_outcomes.heard(connection, AT_ONCE)
        late = await touch_outcomes.failed_late(connection, AT_ONCE)
        unseen = await touch_outcomes.not_shown(connection, now, AT_ONCE)
    if not news and not late and not unseen:
        return 0
    async with database.writing() as connection:
        for one in (*news, *late):
            await _became(connection, database, rules, one, now)
        for row in unseen:
            await touches.move(connection, database.ids, row, EXPIRED, now, reason="expired", handed_at=None)
    return len(news) + len(late) + len(unseen)


async def _became(
    connection: Connection, database: Database, rules: Rules, one: Heard, now: datetime
) -> None:
    ids, row = database.ids, one.row
    if one.status == PERHAPS:
        await touches.move(connection, ids, row, UNKNOWN, now, reason="result_unknown")
    elif one.status == DROPPED:
        await _turned_back(connection, database, one, now)
    elif one.status == NOT_ARRIVED:
        await _failed(connection, database, rules, one, now)
    else:
        way = rules.ways.get(row.channel)
        shown = {"outcome": "shown"} if way is not None and not way.pushed else None
        await touches.move(connection, ids, row, SENT, now, data=shown)


async def _turned_back(connection: Connection, database: Database, one: Heard, now: datetime) -> None:
    """Look again at what the outbox did not let go; what an agent dropped is over."""
    row = one.row
    values: dict[str, Any] = {"handed_at": None}
    if one.code:
        values |= {"due_at": now}
        state, reason = DEFERRED, one.code
    else:
        state, reason = CANCELLED, "stopped_by_agent"
    if await touches.move(connection, database.ids, row, state, now, reason=reason, **values):
        await touch_outcomes.take_back(connection, row.message_id or 0)


async def _failed(
    connection: Connection, database: Database, rules: Rules, one: Heard, now: datetime
) -> None:
    """Close an address that cannot be reached and try the next; any other failure is the end."""
    row = one.row
    spec = rules.specs.get(row.channel)
    closing = None if spec is None else spec.closes.get(one.code)
    data = {"code": one.code, "reason": one.reason, "address": row.address_id}
    if closing is not None and row.address_id is not None:
        until = None if closing.for_ is None else now + closing.for_
        await touch_outcomes.close(connection, row.address_id, closing.reason, now, until)
    if closing is None and one.code != OPTED_OUT:
        await touches.move(connection, database.ids, row, FAILED, now, reason="delivery_failed", data=data)
        return
    reason = OPTED_OUT if closing is None else closing.reason
    await _next(connection, database, row, reason, data, now)


async def _next(
    connection: Connection, database: Database, row: TouchRow, reason: str, data: Any, now: datetime
) -> None:
    """Look at the touch again at once, without the address that failed; the caps forget the try."""
    tried = [*(row.tried or ()), row.address_id]
    values: dict[str, Any] = {"tried": tried, "handed_at": None, "due_at": now, "channel": ""}
    await touches.move(
        connection, database.ids, row, DEFERRED, now, reason=reason, data=data, ended_at=None, **values
    )
