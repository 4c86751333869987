"""Questions about what is owed: who owes it next, what became of it, and what follows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.ids import Ids
from storage.messages import refresh_status
from storage.rows import Delivery, made
from storage.statuses import (
    ASKING,
    DROPPED,
    FAILED,
    OPEN,
    PERHAPS,
    QUEUED,
    RANK,
    READY,
    SENDING,
    SENT,
    moves,
)
from storage.tables import deliveries, early_receipts

# Written as literals: SQLite uses a partial index only for a condition it can read.
IS_READY: ColumnElement[bool] = deliveries.c.state == literal_column(f"'{READY}'")
REPEATABLE = ("edit", "delete")  # what a channel may be asked twice with the same result
IS_OPEN: ColumnElement[bool] = deliveries.c.state.in_([literal_column(f"'{state}'") for state in OPEN])


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """Something to owe: *key* is unique, so that owing it twice owes it once."""

    lane: str
    kind: str
    conversation_id: int
    key: str
    due_at: datetime
    message_id: int | None = None
    attachment_id: int | None = None
    part: int = 0
    text: str = ""
    data: Any = None
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one claimed delivery; ready with *due_at* means try again then."""

    id: int
    state: str
    external_id: str = ""
    code: str = ""
    reason: str = ""
    due_at: datetime | None = None
    segments: int = 1


async def owe(connection: AsyncConnection, ids: Ids, rows: Sequence[OwedRow], now: datetime) -> None:
    """Queue each row behind what its conversation is owed in the same lane already."""
    if not rows:
        return
    values = [
        {
            "id": ids.next(),
            "lane": row.lane,
            "kind": row.kind,
            "conversation_id": row.conversation_id,
            "message_id": row.message_id,
            "attachment_id": row.attachment_id,
            "key": row.key,
            "part": row.part,
            "text": row.text,
            "data": row.data,
            "rank": row.rank,
            "state": QUEUED,
            "owed_at": now,
            "due_at": row.due_at,
        }
        for row in rows
    ]
    known = select(deliveries.c.key).where(deliveries.c.key.in_([row.key for row in rows]))
    here = set((await connection.execute(known)).scalars())
    values = [value for value in values if value["key"] not in here]
    if values:
        await connection.execute(deliveries.insert(), values)
    await promote(connection, {(row.lane, row.conversation_id) for row in rows})


async def promote(connection: AsyncConnection, queues: Iterable[tuple[str, int]]) -> bool:
    """Make the head of each (lane, conversation) ready, where nothing of it is on its way.

    Says whether any was.
    """
    pairs = list(queues)
    if not pairs:
        return False
    on_its_way = func.sum(case((deliveries.c.state == QUEUED, 0), else_=1))
    heads = (
        select(func.min(deliveries.c.id))
        .where(tuple_(deliveries.c.lane, deliveries.c.conversation_id).in_(pairs), IS_OPEN)
        .group_by(deliveries.c.lane, deliveries.c.conversation_id)
        .having(on_its_way == 0)
    )
    made_ready = update(deliveries).where(deliveries.c.id.in_(heads)).values(state=READY)
    return bool((await connection.execute(made_ready)).rowcount)


async def claim(
    connection: AsyncConnection, lane: str, now: datetime, limit: int, resting: Iterable[int] = ()
) -> list[Delivery]:
    """Take the heads of a lane that are due, replies before bulk, and mark them sending.

    The conversations that are *resting* had something a moment ago and wait.
    """
    which = and_(deliveries.c.lane == lane, IS_READY, deliveries.c.due_at <= now)
    if tired := list(resting):
        which = and_(which, deliveries.c.conversation_id.not_in(tired))
    due = (
        select(deliveries.c.id)
        .where(which)
        .order_by(deliveries.c.rank, deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await _mark_sending(connection, deliveries.c.id.in_(due))


async def claim_behind(
    connection: AsyncConnection, head: Delivery, kinds: Sequence[str], limit: int
) -> list[Delivery]:
    """Take the rows right behind a claimed *head*, in order, as long as they are of *kinds*."""
    behind = await connection.execute(
        select(deliveries.c.id, deliveries.c.kind)
        .where(
            deliveries.c.lane == head.lane,
            deliveries.c.conversation_id == head.conversation_id,
            deliveries.c.id > head.id,
            IS_OPEN,
        )
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    run: list[int] = []
    for key, kind in behind:
        if kind not in kinds:
            break
        run.append(key)
    return await _mark_sending(connection, deliveries.c.id.in_(run)) if run else []


async def _mark_sending(connection: AsyncConnection, which: ColumnElement[bool]) -> list[Delivery]:
    result = await connection.execute(
        update(deliveries)
        .where(which)
        .values(state=SENDING, tries=deliveries.c.tries + 1)
        .returning(*deliveries.c)
    )
    rows = [made(Delivery, row) for row in result]
    return sorted(rows, key=lambda row: (row.rank, row.due_at, row.id))


async def end(connection: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> list[Delivery]:
    """Write what became of claimed rows, tell their messages, and let the next ones go.

    Returns the rows as they are now; a row that somebody else ended meanwhile is left out.
    """
    ended: list[Delivery] = []
    for outcome in outcomes:
        row = await _end_one(connection, outcome, now)
        if row is not None:
            ended.append(row)
    await refresh_status(connection, [row.message_id for row in ended if row.kind == "message"], now)
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
    """Apply the receipts that came before we knew our message's name at the provider."""
    mine = and_(
        early_receipts.c.channel == delivery.lane,
        early_receipts.c.external_id == delivery.external_id,
        early_receipts.c.status.in_(list(RANK)),
    )
    early = (await connection.execute(select(early_receipts).where(mine).order_by(early_receipts.c.id))).all()
    if not early:
        return delivery
    await connection.execute(early_receipts.delete().where(mine))
    state, words = delivery.state, {}
    for row in early:
        if moves(state, row.status):
            state, words = row.status, {"code": row.code, "reason": row.reason}
    if words:
        change = update(deliveries).where(deliveries.c.id == delivery.id).values(state=state, **words)
        await connection.execute(change)
    return replace(delivery, state=state, **words)


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


async def to_ask(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Delivery]:
    """List the rows of *lane* whose lost answer is due to be looked up."""
    rows = await connection.execute(
        select(deliveries)
        .where(deliveries.c.lane == lane, deliveries.c.state == ASKING, deliveries.c.due_at <= now)
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    return [made(Delivery, row) for row in rows]


async def next_due(connection: AsyncConnection, lane: str) -> datetime | None:
    """Say when the lane has something to do next, if anything waits."""
    first = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.lane == lane, deliveries.c.state.in_((READY, ASKING))
    )
    due: datetime | None = (await connection.execute(first)).scalar_one_or_none()
    return due


async def owed(connection: AsyncConnection, limit: int = 100) -> list[Delivery]:
    """List what is owed and what failed, oldest first."""
    which = select(deliveries).where(deliveries.c.state.in_((*OPEN, FAILED, PERHAPS)))
    rows = await connection.execute(which.order_by(deliveries.c.id).limit(limit))
    return [made(Delivery, row) for row in rows]


async def one(connection: AsyncConnection, delivery_id: int) -> Delivery | None:
    """Find a delivery."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).one_or_none()
    return None if row is None else made(Delivery, row)


async def of_message(connection: AsyncConnection, message_id: int) -> list[Delivery]:
    """List the deliveries of a message, in order."""
    which = select(deliveries).where(deliveries.c.message_id == message_id).order_by(deliveries.c.id)
    return [made(Delivery, row) for row in await connection.execute(which)]


async def send_again(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Owe a failed, dropped or perhaps sent delivery once more; its place in the order is kept.

    What is behind it and not yet on its way waits for it again. The first try's name at the provider
    is forgotten: what is still heard of it says nothing about the second.
    """
    return await _reopen(connection, delivery_id, (FAILED, DROPPED, PERHAPS), QUEUED, now)


async def drop(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Owe a delivery no more; one that is being sent at this moment cannot be dropped."""
    return await _reopen(connection, delivery_id, (QUEUED, READY, FAILED, PERHAPS, ASKING), DROPPED, now)


async def settle(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """An agent says that what was perhaps sent has arrived."""
    return await _reopen(connection, delivery_id, (PERHAPS,), SENT, now)


async def _reopen(
    connection: AsyncConnection, delivery_id: int, before: Sequence[str], after: str, now: datetime
) -> bool:
    values: dict[str, Any] = {"state": after, "ended_at": None if after == QUEUED else now}
    if after == QUEUED:
        values |= {"due_at": now, "owed_at": now, "tries": 0, "code": "", "reason": "", "external_id": None}
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(before))
        .values(**values)
        .returning(deliveries.c.lane, deliveries.c.conversation_id, deliveries.c.message_id)
    )
    row = result.one_or_none()
    if row is None:
        return False
    if after == QUEUED:
        await _wait_again(connection, row.lane, row.conversation_id)
    await promote(connection, [(row.lane, row.conversation_id)])
    if row.message_id is not None:
        await refresh_status(connection, [row.message_id], now)
    return True


async def _wait_again(connection: AsyncConnection, lane: str, conversation_id: int) -> None:
    """Put a head that nobody has begun to send back into its queue."""
    mine = and_(deliveries.c.lane == lane, deliveries.c.conversation_id == conversation_id, IS_READY)
    await connection.execute(update(deliveries).where(mine).values(state=QUEUED))


async def come_sooner(connection: AsyncConnection, lane: str, now: datetime, by: timedelta) -> None:
    """The clock stepped back *by* so much: what was due by the old one is due as soon by the new."""
    which = and_(deliveries.c.lane == lane, IS_OPEN, deliveries.c.due_at > now)
    waiting = await connection.execute(select(deliveries.c.id, deliveries.c.due_at).where(which))
    for key, due in waiting.all():
        change = update(deliveries).where(deliveries.c.id == key).values(due_at=max(due - by, now))
        await connection.execute(change)


async def counts(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    """Count what is open or dead, by lane and state."""
    which = (
        select(deliveries.c.lane, deliveries.c.state, func.count())
        .where(or_(IS_OPEN, deliveries.c.state.in_((FAILED, PERHAPS))))
        .group_by(deliveries.c.lane, deliveries.c.state)
    )
    return {(lane, state): number for lane, state, number in await connection.execute(which)}


async def waits(connection: AsyncConnection, lane: str, conversation_id: int) -> bool:
    """Whether the conversation is owed something in *lane* that nobody has begun to send."""
    which = (
        select(deliveries.c.id)
        .where(
            deliveries.c.lane == lane,
            deliveries.c.conversation_id == conversation_id,
            IS_OPEN,
            deliveries.c.state.in_((QUEUED, READY)),
        )
        .limit(1)
    )
    return (await connection.execute(which)).first() is not None


async def by_key(connection: AsyncConnection, key: str) -> Delivery | None:
    """Find a delivery by its key."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.key == key))).one_or_none()
    return None if row is None else made(Delivery, row)


async def reword(connection: AsyncConnection, delivery_id: int, text: str) -> bool:
    """Change the text of a delivery that nobody has begun to send."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_((QUEUED, READY)))
        .values(text=text)
        .returning(deliveries.c.id)
    )
    return result.one_or_none() is not None
