"""What a report asks about touches: how each ended, what was heard of it, who bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    distinct,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.comparing import is_alone
from storage.instants import MICROSECOND
from storage.tables import consents, customers, messages, orders, touches
from storage.touch_days import ANSWER_WITHIN, between
from storage.touch_states import CONTROL

BOUGHT_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many touches of a kind are in a state for a reason."""

    kind: str
    state: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers of one kind who were touched, or left out to compare, and those of them who bought."""

    kind: str
    control: bool
    people: int
    buyers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What was heard of the touches of one kind that went out."""

    kind: str
    handed: int = 0
    delivered: int = 0
    read: int = 0
    answered: int = 0
    stopped: int = 0


def _which(first: date, last: date, kinds: Collection[str]) -> ColumnElement[bool]:
    which = between(first, last)
    return and_(which, touches.c.kind.in_(kinds)) if kinds else which


async def endings(
    connection: AsyncConnection, first: date, last: date, kinds: Collection[str] = ()
) -> list[Ending]:
    """Count touches by kind, state and reason; every one of these days is counted once."""
    columns = (touches.c.kind, touches.c.state, touches.c.reason)
    which = select(*columns, func.count()).where(_which(first, last, kinds)).group_by(*columns)
    return [
        Ending(kind=row[0], state=row[1], reason=row[2], count=row[3])
        for row in await connection.execute(which)
    ]


async def sums(
    connection: AsyncConnection, first: date, last: date, kinds: Collection[str] = ()
) -> dict[str, Sums]:
    """Count by kind what was handed off, arrived, was read and answered, and who said stop within 7 days."""
    which = and_(_which(first, last, kinds), touches.c.handed_at.is_not(None))
    said = messages.alias("said")
    within = type_coerce(touches.c.handed_at, BigInteger) + ANSWER_WITHIN // MICROSECOND
    asked = (
        select(
            touches.c.kind,
            func.count(),
            func.sum(case((said.c.status.in_(("delivered", "read")), 1), else_=0)),
            func.sum(case((said.c.status == "read", 1), else_=0)),
            func.sum(case((_answered(said, within), 1), else_=0)),
            func.sum(case((_stopped(within), 1), else_=0)),
        )
        .outerjoin(said, said.c.id == touches.c.message_id)
        .where(which)
        .group_by(touches.c.kind)
    )
    return {
        row[0]: Sums(
            kind=row[0],
            handed=row[1],
            delivered=int(row[2]),
            read=int(row[3]),
            answered=int(row[4]),
            stopped=int(row[5]),
        )
        for row in await connection.execute(asked)
    }


def _answered(said: Any, within: Any) -> ColumnElement[bool]:
    answer = messages.alias("answer")
    return (
        select(answer.c.id)
        .where(
            answer.c.conversation_id == said.c.conversation_id,
            answer.c.direction == "in",
            answer.c.received_at >= touches.c.handed_at,
            type_coerce(answer.c.received_at, BigInteger) <= within,
        )
        .correlate(said, touches)
        .exists()
    )


def _stopped(within: Any) -> ColumnElement[bool]:
    return (
        select(consents.c.id)
        .where(
            consents.c.address_id == touches.c.address_id,
            consents.c.word.in_(("stop", "no")),
            consents.c.source != "merge",
            consents.c.at >= touches.c.handed_at,
            type_coerce(consents.c.at, BigInteger) <= within,
        )
        .correlate(touches)
        .exists()
    )


async def groups(
    connection: AsyncConnection, first: date, last: date, kinds: Collection[str] = ()
) -> list[Group]:
    """Count by kind the customers who were handed a touch and those left out, and who bought in 30 days.

    Both passed the same gates: the left out are counted from the instant at which they were left out.
    Customers joined with another leave the comparison.
    """
    control = case(
        (touches.c.state == literal_column(f"'{CONTROL}'"), literal_column("1")), else_=literal_column("0")
    )
    begun = func.coalesce(touches.c.handed_at, touches.c.ended_at, touches.c.due_at)
    since = type_coerce(begun, BigInteger)
    placed = type_coerce(orders.c.placed_at, BigInteger)
    bought = (
        select(orders.c.id)
        .where(
            orders.c.customer_id == touches.c.customer_id,
            orders.c.cancelled_at.is_(None),
            placed >= since,
            placed < since + BOUGHT_WITHIN // MICROSECOND,
        )
        .correlate(touches)
        .exists()
    )
    compared = touches.c.handed_at.is_not(None) | (touches.c.state == CONTROL)
    which = (
        select(
            touches.c.kind,
            control.label("control"),
            func.count(distinct(touches.c.customer_id)),
            func.count(distinct(case((bought, touches.c.customer_id)))),
        )
        .join(customers, customers.c.id == touches.c.customer_id)
        .where(_which(first, last, kinds), compared, is_alone())
        .group_by(touches.c.kind, control)
    )
    return [
        Group(kind=row[0], control=bool(row[1]), people=row[2], buyers=row[3])
        for row in await connection.execute(which)
    ]


async def first_day(connection: AsyncConnection) -> str | None:
    """Say on which day the first touch of all is due."""
    found: str | None = (await connection.execute(select(func.min(touches.c.day)))).scalar_one_or_none()
    return found
