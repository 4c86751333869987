"""What became of touches that were handed off, from what became of their messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.endings import REPEATABLE
from storage.queues import IS_OPEN, promote
from storage.rows import made
from storage.statuses import DELIVERED, DROPPED, FAILED, PERHAPS, QUEUED, READ, READY
from storage.statuses import SENT as GONE
from storage.tables import addresses, deliveries, messages, touches
from storage.touch_rows import TouchRow
from storage.touch_states import HANDED_OFF, OUT, SENT, UNKNOWN

A_DAY = timedelta(days=1)
RANK = 10  # of what we begin ourselves: after every reply
IS_OUT: ColumnElement[bool] = touches.c.state.in_([literal_column(f"'{state}'") for state in OUT])
IS_DEAD: ColumnElement[bool] = deliveries.c.state.in_(
    [literal_column(f"'{state}'") for state in (FAILED, PERHAPS)]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of a touch's message: a status, and the provider's own code and words for a failure.

    *begun* says that a part of it arrived, or perhaps did: then it is told nowhere else.
    """

    row: TouchRow
    status: str
    code: str
    reason: str
    begun: bool = False


async def heard(connection: AsyncConnection, limit: int) -> list[Heard]:
    """List touches that are out and whose message has come to an end, or was found out after all."""
    ended = messages.c.status.in_((GONE, DELIVERED, READ, FAILED, PERHAPS, DROPPED))
    news = ~and_(touches.c.state == UNKNOWN, messages.c.status == PERHAPS)
    which = (
        select(touches, messages.c.status.label("said"))
        .join(messages, messages.c.id == touches.c.message_id)
        .where(IS_OUT, ended, news)
        .order_by(touches.c.id)
        .limit(limit)
    )
    return await _with_codes(connection, (await connection.execute(which)).all())


async def failed_late(connection: AsyncConnection, limit: int) -> list[Heard]:
    """List touches taken for sent whose provider said later that they did not arrive."""
    which = (
        select(touches, messages.c.status.label("said"))
        .join(messages, messages.c.id == touches.c.message_id)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(IS_DEAD, deliveries.c.rank == RANK, deliveries.c.state == FAILED, messages.c.status == FAILED)
        .where(touches.c.state == SENT)
        .order_by(touches.c.id)
        .limit(limit)
    )
    return await _with_codes(connection, (await connection.execute(which)).all())


async def _with_codes(connection: AsyncConnection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Heard]:
    wanted = [row.message_id for row in rows]
    which = select(deliveries).where(
        deliveries.c.message_id.in_(wanted), deliveries.c.kind == "message", deliveries.c.rank == RANK
    )
    parts: dict[int, list[Row[tuple[object, ...]]]] = {}
    for part in await connection.execute(which.order_by(deliveries.c.id)):
        parts.setdefault(part.message_id, []).append(part)
    found = {row.id: row for row in rows}
    return [_heard(row, parts.get(row.message_id, [])) for row in found.values()]


def _heard(row: Row[tuple[object, ...]], parts: Sequence[Row[tuple[object, ...]]]) -> Heard:
    """Say it by the first part that went wrong: the later ones were dropped because of it."""
    wrong = next((part for part in parts if part.state == row.said), None)
    return Heard(
        row=made(TouchRow, row),
        status=row.said,
        code="" if wrong is None else wrong.code,
        reason="" if wrong is None else wrong.reason,
        begun=any(part.state in (GONE, DELIVERED, READ, PERHAPS) for part in parts),
    )


async def not_shown(connection: AsyncConnection, now: datetime, limit: int) -> list[TouchRow]:
    """List touches that waited on a page for a visitor who did not come in time."""
    which = (
        select(touches)
        .where(IS_OUT, touches.c.message_id.is_(None), touches.c.valid_until <= now)
        .limit(limit)
    )
    return [made(TouchRow, row) for row in await connection.execute(which)]


async def to_show(connection: AsyncConnection, address: str, now: datetime) -> list[TouchRow]:
    """List touches that wait for a visitor at *address* to come."""
    which = (
        select(touches)
        .join(addresses, addresses.c.customer_id == touches.c.customer_id)
        .where(
            addresses.c.address == address,
            addresses.c.id == touches.c.address_id,
            touches.c.state == HANDED_OFF,
            touches.c.message_id.is_(None),
            touches.c.valid_until > now,
        )
        .order_by(touches.c.id)
    )
    return [made(TouchRow, row) for row in await connection.execute(which)]


async def close(
    connection: AsyncConnection, address_id: int, reason: str, now: datetime, until: datetime | None
) -> None:
    """Remember that an address cannot be reached, until then or for good; it opens when they write."""
    values = {"closed_at": now, "closed_until": until, "closed_reason": reason}
    await connection.execute(update(addresses).where(addresses.c.id == address_id).values(**values))


async def take_back(connection: AsyncConnection, message_id: int) -> None:
    """Forget a message of which no part was ever handed to its provider; keep any other."""
    mine = deliveries.c.message_id == message_id
    parts = (await connection.execute(select(deliveries).where(mine))).all()
    if any(part.state not in (DROPPED, QUEUED, READY) for part in parts):
        return
    await connection.execute(
        update(touches).where(touches.c.message_id == message_id).values(message_id=None)
    )
    await connection.execute(deliveries.delete().where(mine))
    await connection.execute(messages.delete().where(messages.c.id == message_id))
    await promote(connection, {(part.lane, part.conversation_id) for part in parts})


async def outstanding(connection: AsyncConnection) -> dict[str, int]:
    """Count what each lane still has of touches that its provider was not asked for."""
    which = (
        select(deliveries.c.lane, func.count())
        .where(IS_OPEN, deliveries.c.rank == RANK, deliveries.c.kind.not_in(REPEATABLE))
        .group_by(deliveries.c.lane)
    )
    return {lane: number for lane, number in await connection.execute(which)}  # noqa: C416


async def opens_at(
    connection: AsyncConnection, channel: str, a_day: int, now: datetime, but: int = 0
) -> datetime | None:
    """Say when a channel that may send *a_day* in 24 hours may send again; None if it may now.

    Every touch handed to it counts, but the one *but*.
    """
    if a_day < 1:
        return now + A_DAY
    last = (
        select(touches.c.handed_at)
        .where(touches.c.channel == channel, touches.c.handed_at > now - A_DAY, touches.c.id != but)
        .order_by(touches.c.handed_at.desc())
        .offset(a_day - 1)
        .limit(1)
    )
    at: datetime | None = (await connection.execute(last)).scalar_one_or_none()
    return None if at is None else at + A_DAY


async def elsewhere(
    connection: AsyncConnection, customer_id: int, kind: str, day: str, numbers: Mapping[str, Sequence[str]]
) -> list[str]:
    """Name the phone numbers at which somebody else got a touch of *kind* on their *day*.

    *numbers* says of each how its addresses may be written.
    """
    spelled = {address: number for number, ones in numbers.items() for address in ones}
    if not spelled:
        return []
    which = (
        select(addresses.c.address)
        .join(touches, touches.c.customer_id == addresses.c.customer_id)
        .where(
            addresses.c.address.in_(spelled),
            addresses.c.customer_id != customer_id,
            touches.c.address_id == addresses.c.id,
            touches.c.handed_at.is_not(None),
            touches.c.kind == kind,
            touches.c.day == day,
            touches.c.state != FAILED,
        )
    )
    return sorted({spelled[one] for one in (await connection.execute(which)).scalars()})
