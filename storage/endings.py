"""What became of claimed deliveries, and what a crash left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, Update, and_, bindparam, case, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import echoes
from storage.batch import storable
from storage.keeping_asides import ECHO
from storage.keeping_receipts import ANSWERED, UNDER_WAY
from storage.messages import refresh_status
from storage.queues import IS_OPEN, IS_OUT, promote
from storage.rows import Delivery, made
from storage.statuses import ASKING, PERHAPS, RANK, READY, SENDING, moves
from storage.tables import deliveries, early_receipts

CALL = "call"  # an agent rings the customer
REPEATABLE = ("edit", "delete", "react")  # what a channel may be asked twice with the same result
CHANGED: Final = ("state", "external_id", "segments", "code", "reason", "due_at", "ended_at")


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
    claimed = {row.id: row for row in await _claimed(connection, [one.id for one in outcomes])}
    ended = [_ended(claimed.pop(one.id), one, now) for one in outcomes if one.id in claimed]
    if ended:
        await connection.execute(_end(), [_values(row) for row in ended])
    named = {outcome.id for outcome in outcomes if outcome.external_id}
    for row in await _overtaken(connection, [row for row in ended if row.id in named]):
        ended[ended.index(row)] = await _with_early(connection, row)
    await refresh_status(connection, [row.message_id for row in ended if row.kind in ("message", CALL)], now)
    await promote(connection, {(row.lane, row.conversation_id) for row in ended})
    return ended


async def _claimed(connection: AsyncConnection, ids: Sequence[int]) -> list[Delivery]:
    """Read the rows that still wait for their end; writers take turns, so that is so until we wrote."""
    return [made(Delivery, row) for row in await connection.execute(_which_claimed(), {"ids": list(ids)})]


@cache
def _which_claimed() -> Select[Any]:
    wanted = deliveries.c.id.in_(bindparam("ids", expanding=True))
    return select(deliveries).where(wanted, IS_OUT)


def _ended(row: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """Say what a claimed row is after its outcome."""
    return replace(
        row,
        state=outcome.state,
        external_id=storable(outcome.external_id) or row.external_id,
        segments=outcome.segments,
        code=storable(outcome.code),
        reason=storable(outcome.reason),
        due_at=outcome.due_at or row.due_at,
        ended_at=None if outcome.state in (READY, ASKING) else now,
    )


@cache
def _end() -> Update:
    """Write the change once, for any number of rows."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in CHANGED}
    return update(deliveries).where(deliveries.c.id == bindparam("which"), IS_OUT).values(values)


def _values(row: Delivery) -> dict[str, Any]:
    return {"which": row.id, **{f"new_{name}": getattr(row, name) for name in CHANGED}}


async def _overtaken(connection: AsyncConnection, ended: Sequence[Delivery]) -> list[Delivery]:
    """List those of which the provider told something before we knew its name for them; it is seldom so."""
    names: dict[str, set[str]] = {}
    for row in ended:
        names.setdefault(row.lane, set()).update(_early_names(row))
    here: set[tuple[str, str]] = set()
    for lane, ids in names.items():
        wanted = {"which_lane": lane, "ids": sorted(ids)}
        here |= {(lane, row.external_id) for row in await connection.execute(_early(), wanted)}
    return [row for row in ended if any((row.lane, name) in here for name in _early_names(row))]


@cache
def _early() -> Select[Any]:
    wanted = early_receipts.c.external_id.in_(bindparam("ids", expanding=True))
    return select(early_receipts.c.external_id).where(
        early_receipts.c.channel == bindparam("which_lane"), wanted
    )


def _early_names(row: Delivery) -> tuple[str, str]:
    return row.external_id or "", f"{UNDER_WAY}{row.id}"


async def _with_early(connection: AsyncConnection, delivery: Delivery) -> Delivery:
    """Apply what came before we knew our message's name at the provider: receipts, or its echo."""
    mine = and_(
        early_receipts.c.channel == delivery.lane,
        early_receipts.c.external_id.in_(_early_names(delivery)),
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
        .where(deliveries.c.lane.in_(lanes), IS_OPEN, deliveries.c.state == literal_column(f"'{SENDING}'"))
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
