"""What became of claimed deliveries, and what a crash left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import echoes
from storage.batch import storable
from storage.keeping_asides import ECHO
from storage.keeping_receipts import ANSWERED, UNDER_WAY
from storage.messages import refresh_status
from storage.queues import promote
from storage.rows import Delivery, made
from storage.statuses import ASKING, PERHAPS, RANK, READY, SENDING, moves
from storage.tables import deliveries, early_receipts

CALL = "call"  # an agent rings the customer
REPEATABLE = ("edit", "delete", "react")  # what a channel may be asked twice with the same result


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one claimed delivery; ready with *due_at* means try again then.

    *also* are further addresses of whom it went to, which `storage.told_along` keeps.
    """

    id: int
    state: str
    external_id: str = ""
    code: str = ""
    reason: str = ""
    due_at: datetime | None = None
    segments: int = 1
    also: tuple[str, ...] = ()


async def end(connection: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> list[Delivery]:
    """Write what became of claimed rows, tell their messages, and let the next ones go.

    Returns the rows as they are now; a row that somebody else ended meanwhile is left out.
    """
    ended: list[Delivery] = []
    for outcome in outcomes:
        row = await _end_one(connection, outcome, now)
        if row is not None:
            ended.append(row)
    await refresh_status(connection, [row.message_id for row in ended if row.kind in ("message", CALL)], now)
    await promote(connection, {(row.lane, row.conversation_id) for row in ended})
    return ended


async def _end_one(connection: AsyncConnection, outcome: Outcome, now: datetime) -> Delivery | None:
    again = outcome.state in (READY, ASKING)
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == outcome.id, deliveries.c.state.in_((SENDING, ASKING)))
        .values(
            state=outcome.state,
            external_id=storable(outcome.external_id) or deliveries.c.external_id,
            segments=outcome.segments,
            code=storable(outcome.code),
            reason=storable(outcome.reason),
            due_at=outcome.due_at or deliveries.c.due_at,
            ended_at=None if again else now,
        )
        .returning(*deliveries.c)
    )
    row = result.one_or_none()
    if row is None:
        return None
    delivery = made(Delivery, row)
    return await _with_early(connection, delivery) if outcome.external_id else delivery


async def _with_early(connection: AsyncConnection, delivery: Delivery) -> Delivery:
    """Apply what came before we knew our message's name at the provider: receipts, or its echo."""
    mine = and_(
        early_receipts.c.channel == delivery.lane,
        early_receipts.c.external_id.in_([delivery.external_id, f"{UNDER_WAY}{delivery.id}"]),
        early_receipts.c.status.in_([*RANK, ECHO]),
    )
    early = (await connection.execute(select(early_receipts).where(mine).order_by(early_receipts.c.id))).all()
    if not early:
        return delivery
    await connection.execute(early_receipts.delete().where(mine))
    state, words = delivery.state, {}
    for row in early:
        if row.status == ECHO:
            at = delivery.ended_at or row.at
            await echoes.forget(connection, delivery.lane, delivery.external_id or "", at)
        elif _is_later(row, delivery) and moves(state, row.status):
            state, words = row.status, {"code": row.code, "reason": row.reason}
    if words:
        change = update(deliveries).where(deliveries.c.id == delivery.id).values(state=state, **words)
        await connection.execute(change)
    return replace(delivery, state=state, **words)


def _is_later(row: Any, delivery: Delivery) -> bool:
    """Whether what is told is so for a delivery: one that the provider did not name was sent before it."""
    if not row.external_id.startswith(UNDER_WAY) or delivery.ended_at is None:
        return True
    return bool(delivery.ended_at <= row.at + timedelta(microseconds=ANSWERED))


async def recover(
    connection: AsyncConnection, lanes: Sequence[str], state: str, now: datetime
) -> list[Delivery]:
    """After a crash: rows of *lanes* found sending may have been sent; mark them *state*.

    An edit or a deletion is the same when it is made twice: it goes again. Returns the rows.
    """
    twice_is_once = deliveries.c.kind.in_(REPEATABLE)
    ends = now if state == PERHAPS else None
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.lane.in_(lanes), deliveries.c.state == SENDING)
        .values(
            state=case((twice_is_once, READY), else_=state),
            due_at=now,
            ended_at=case((twice_is_once, None), else_=bindparam("ends", ends, deliveries.c.ended_at.type)),
            reason="the program stopped before the answer was heard",
        )
        .returning(*deliveries.c)
    )
    rows = [made(Delivery, row) for row in result]
    await refresh_status(connection, [row.message_id for row in rows if row.message_id], now)
    await promote(connection, {(row.lane, row.conversation_id) for row in rows})
    return rows
