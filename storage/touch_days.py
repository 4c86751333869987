"""What the desk's pages ask about days of touches: counted, listed, loaded, each in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import merging
from storage.instants import MICROSECOND, from_micros, to_micros
from storage.rows import Customer, made
from storage.tables import agents, conversations, customers, messages, touch_log, touches
from storage.touch_rows import Step, TouchRow
from storage.touch_states import WAITING

PAGE: Final = 50
QUARTER: Final = 15 * 60 * 1_000_000  # microseconds: no zone's clock differs by less
A_QUARTER: Final[Any] = literal_column(str(QUARTER), BigInteger)  # one text, so that it can be grouped by
ANSWER_WITHIN: Final = timedelta(days=7)

Cursor = tuple[datetime, int, int]
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of a touch's message: its status, since when, why it failed, and the first answer."""

    status: str
    status_at: datetime | None
    reason: str
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many touches of a channel leave, or left, in the quarter of an hour from *at*."""

    at: datetime
    channel: str
    gone: bool
    count: int


def between(first: date, last: date) -> ColumnElement[bool]:
    """Name the touches due on the customers' own days *first* to *last*."""
    begin, end = first.isoformat(), last.isoformat()
    return touches.c.day == begin if begin == end else touches.c.day.between(begin, end)


async def by_day(connection: AsyncConnection, first: date, last: date) -> list[tuple[str, str, int]]:
    """Count touches by day and kind."""
    columns = (touches.c.day, touches.c.kind)
    which = select(*columns, func.count()).where(between(first, last)).group_by(*columns)
    return [(row[0], row[1], row[2]) for row in await connection.execute(which)]


async def by_state(connection: AsyncConnection, first: date, last: date) -> dict[str, int]:
    """Count the touches of some days by state."""
    which = select(touches.c.state, func.count()).where(between(first, last)).group_by(touches.c.state)
    return {row[0]: row[1] for row in await connection.execute(which)}


async def page(
    connection: AsyncConnection,
    first: date,
    last: date,
    states: Collection[str] = (),
    after: Cursor | None = None,
    limit: int = PAGE,
) -> list[TouchRow]:
    """List touches of some days by when they are due, behind the cursor (due, customer, touch)."""
    due = type_coerce(touches.c.due_at, BigInteger)
    which = between(first, last)
    if states:
        which = and_(which, touches.c.state.in_(states))
    if after is not None:
        at, *keys = after
        which = and_(which, tuple_(due, touches.c.customer_id, touches.c.id) > (to_micros(at), *keys))
    order = (touches.c.due_at, touches.c.customer_id, touches.c.id)
    found = await connection.execute(select(touches).where(which).order_by(*order).limit(limit))
    return [made(TouchRow, row) for row in found]


async def loads(connection: AsyncConnection, first: date, last: date) -> list[Load]:
    """Count what left and what waits by quarter of an hour and channel."""
    gone = case((touches.c.handed_at.is_not(None), literal_column("1")), else_=literal_column("0"))
    micros = type_coerce(func.coalesce(touches.c.handed_at, touches.c.due_at), BigInteger)
    begin = micros - micros % A_QUARTER
    which = (
        select(begin.label("begin"), touches.c.channel, gone.label("gone"), func.count().label("n"))
        .where(between(first, last), touches.c.handed_at.is_not(None) | touches.c.state.in_(WAITING))
        .group_by(begin, touches.c.channel, gone)
        .order_by(begin)
    )
    return [
        Load(at=from_micros(row.begin), channel=row.channel, gone=bool(row.gone), count=row.n)
        for row in await connection.execute(which)
    ]


def quarter_of(at: datetime) -> datetime:
    """Say in which quarter of an hour an instant lies."""
    return from_micros(to_micros(at) // QUARTER * QUARTER)


async def keys(connection: AsyncConnection, kind: str, customer_ids: Collection[int]) -> set[Key]:
    """Name the occasions of one kind and some customers that have a row."""
    which = select(touches.c.customer_id, touches.c.kind, touches.c.period).where(
        touches.c.kind == kind, touches.c.customer_id.in_(customer_ids)
    )
    return {(row[0], row[1], row[2]) for row in await connection.execute(which)}


async def who(connection: AsyncConnection, customer_ids: Collection[int]) -> dict[int, Customer]:
    """Find customers by key."""
    which = select(customers).where(customers.c.id.in_(customer_ids))
    return {row.id: made(Customer, row) for row in await connection.execute(which)}


async def heard(connection: AsyncConnection, rows: Sequence[TouchRow]) -> dict[int, Heard]:
    """Say what became of the messages of touches, by touch; an answer counts for seven days."""
    wanted = [row.message_id for row in rows if row.message_id is not None]
    if not wanted:
        return {}
    which = (
        select(touches.c.id, messages.c.status, messages.c.status_at, messages.c.reason)
        .join(messages, messages.c.id == touches.c.message_id)
        .where(touches.c.message_id.in_(wanted))
    )
    first = await _answers(connection, wanted)
    return {
        row.id: Heard(
            status=row.status,
            status_at=row.status_at,
            reason=row.reason,
            answered_at=first.get(row.id),
        )
        for row in await connection.execute(which)
    }


async def _answers(connection: AsyncConnection, message_ids: Collection[int]) -> dict[int, datetime]:
    """Say when customers first answered touches, by touch."""
    said, answer = messages.alias("said"), messages.alias("answer")
    within = type_coerce(touches.c.handed_at, BigInteger) + ANSWER_WITHIN // MICROSECOND
    asked = (
        select(touches.c.id, func.min(answer.c.received_at))
        .join(said, said.c.id == touches.c.message_id)
        .join(answer, answer.c.conversation_id == said.c.conversation_id)
        .where(
            touches.c.message_id.in_(message_ids),
            answer.c.direction == "in",
            answer.c.received_at >= touches.c.handed_at,
            type_coerce(answer.c.received_at, BigInteger) <= within,
        )
        .group_by(touches.c.id)
    )
    return {row[0]: row[1] for row in await connection.execute(asked)}


async def of_customer(
    connection: AsyncConnection, customer_id: int, before: int | None = None, limit: int = PAGE
) -> list[TouchRow]:
    """List the touches of a customer and of those joined with them, newest first."""
    joined = await merging.everybody(connection, customer_id)
    which = select(touches).where(touches.c.customer_id.in_(joined))
    if before is not None:
        which = which.where(touches.c.id < before)
    found = await connection.execute(which.order_by(touches.c.id.desc()).limit(limit))
    return [made(TouchRow, row) for row in found]


async def steps(connection: AsyncConnection, touch_ids: Collection[int]) -> dict[int, list[Step]]:
    """List the steps of touches, oldest first."""
    which = select(touch_log).where(touch_log.c.touch_id.in_(touch_ids)).order_by(touch_log.c.id)
    found: dict[int, list[Step]] = {}
    for row in await connection.execute(which):
        found.setdefault(row.touch_id, []).append(made(Step, row))
    return found


async def next_of(connection: AsyncConnection, customer_id: int, limit: int = 8) -> list[TouchRow]:
    """List the touches of a customer that wait, the next one first."""
    which = and_(touches.c.customer_id == customer_id, touches.c.state.in_(WAITING))
    found = await connection.execute(select(touches).where(which).order_by(touches.c.due_at).limit(limit))
    return [made(TouchRow, row) for row in found]


async def last_speakers(connection: AsyncConnection, conversation_ids: Collection[int]) -> dict[int, str]:
    """Name the agent who answered last in each conversation."""
    last = (
        select(func.max(messages.c.id))
        .where(
            messages.c.conversation_id.in_(conversation_ids),
            messages.c.direction == "out",
            messages.c.agent_id.is_not(None),
        )
        .group_by(messages.c.conversation_id)
    )
    which = (
        select(messages.c.conversation_id, agents.c.name)
        .join(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.id.in_(last))
    )
    return {row[0]: row[1] for row in await connection.execute(which)}


async def customer_of(connection: AsyncConnection, key: int) -> int | None:
    """Say whose a conversation is, or that *key* is a customer's own."""
    talk = select(conversations.c.customer_id).where(conversations.c.id == key)
    found: int | None = (await connection.execute(talk)).scalar_one_or_none()
    if found is None:
        person = select(customers.c.id).where(customers.c.id == key)
        found = (await connection.execute(person)).scalar_one_or_none()
    return found


async def latest_conversation(connection: AsyncConnection, customer_id: int) -> int | None:
    """Name the newest conversation of a customer."""
    which = select(func.max(conversations.c.id)).where(conversations.c.customer_id == customer_id)
    found: int | None = (await connection.execute(which)).scalar_one_or_none()
    return found


async def births(connection: AsyncConnection) -> list[tuple[int, int, str, int]]:
    """Count customers by the month and day they were born on, and by their own rule for 29 February."""
    columns = (customers.c.birth_month, customers.c.birth_day, customers.c.feb29)
    which = (
        select(*columns, func.count())
        .where(
            customers.c.birth_day.is_not(None),
            customers.c.birth_month.is_not(None),
            customers.c.merged_into.is_(None),
            customers.c.erased_at.is_(None),
        )
        .group_by(*columns)
    )
    return [(row[0], row[1], row[2], row[3]) for row in await connection.execute(which)]
