"""Minding what was handed off: what became of it, and another address after a definite failure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from inbox.touches.rules import Rules
from storage import touch_outcomes, touches
from storage.database import Connection, Database, Unavailable
from storage.erasing import REASON as ERASED
from storage.statuses import DROPPED, PERHAPS
from storage.statuses import FAILED as NOT_ARRIVED
from storage.touch_outcomes import Heard
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, DEFERRED, EXPIRED, FAILED, SENT, SUPPRESSED, UNKNOWN

AT_ONCE: Final = 200
OPTED_OUT: Final = "opted_out"

log = structlog.get_logger()


async def mind(database: Database, rules: Rules, now: datetime) -> int:
    """Write what became of touches that are out; returns how many changed."""
    async with database.reading() as connection:
        news = await touch_outcomes.heard(connection, AT_ONCE)
        late = await touch_outcomes.failed_late(connection, AT_ONCE)
        unseen = await touch_outcomes.not_shown(connection, now, AT_ONCE)
    if unseen:
        async with database.writing() as connection:
            for row in unseen:
                await touches.move(
                    connection, database.ids, row, EXPIRED, now, reason="expired", handed_at=None
                )
    return len(unseen) + await _mind(database, rules, [*news, *late], now)


async def _mind(database: Database, rules: Rules, heard: Sequence[Heard], now: datetime) -> int:
    """Write a page in one transaction; where it cannot be, each by itself, so that one spoils no other."""
    if not heard:
        return 0
    try:
        async with database.writing() as connection:
            for one in heard:
                await _became(connection, database, rules, one, now)
        return len(heard)
    except Unavailable:
        raise
    except Exception:  # the loop's own: a touch that cannot be minded is shown as handed off, and logged
        if len(heard) == 1:
            log.exception("a touch cannot be minded", touch=heard[0].row.id)
            return 0
    return sum([await _mind(database, rules, [one], now) for one in heard])


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
        shown = {"outcome": "shown"} if way is not None and way.visited else None
        await touches.move(connection, ids, row, SENT, now, data=shown)


async def _turned_back(connection: Connection, database: Database, one: Heard, now: datetime) -> None:
    """Look again at what the outbox did not let go; what an agent or an erasure dropped is over."""
    row = one.row
    if one.begun:  # a part of it is there: what was refused is the rest
        await touches.move(connection, database.ids, row, FAILED, now, reason=one.code or "stopped_by_agent")
        return
    values: dict[str, Any] = {"handed_at": None}
    if one.code == ERASED:
        state, reason = SUPPRESSED, ERASED
    elif one.code:
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
    if closing is not None and closing.for_ != timedelta(0) and row.address_id is not None:
        until = None if closing.for_ is None else now + closing.for_
        await touch_outcomes.close(connection, row.address_id, closing.reason, now, until)
    if one.begun:
        await touches.move(connection, database.ids, row, FAILED, now, reason="delivery_failed", data=data)
        return
    if closing is None and one.code != OPTED_OUT:
        await touches.move(
            connection, database.ids, row, FAILED, now, reason="delivery_failed", data=data, counts=0
        )
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
