"""Birthdays as agents need them: what became of the touch today, and which conversations to tell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import agents, conversations, customers, orders, seen, touches
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, EXPIRED, FAILED, HELD, SUPPRESSED

BLOCKED: Final = (HELD, SUPPRESSED, CANCELLED, EXPIRED, FAILED)
TOLD: Final = "birthday-told"
WEST: Final = timedelta(hours=12)
EAST: Final = timedelta(hours=14)


def days(now: datetime) -> list[str]:
    """List the days that it is somewhere at this moment, as in the column `day`."""
    first, last = (now - WEST).date(), (now + EAST).date()
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


async def of_customer(
    connection: AsyncConnection, customer_id: int, kinds: Collection[str], now: datetime
) -> list[TouchRow]:
    """List a customer's birthday touches of these days, newest first; no kinds, no question."""
    if not kinds:
        return []
    which = select(touches).where(
        touches.c.customer_id == customer_id, touches.c.kind.in_(kinds), touches.c.day.in_(days(now))
    )
    return [made(TouchRow, row) for row in await connection.execute(which.order_by(touches.c.id.desc()))]


async def to_tell(
    connection: AsyncConnection, kinds: Collection[str], reasons: Collection[str], now: datetime
) -> list[tuple[TouchRow, int]]:
    """List birthday touches of these days that do not go for one of *reasons*, of which nobody was told.

    Each with the conversation that goes on with its customer; those without one are left out.
    """
    told = select(seen.c.key).where(seen.c.scope == TOLD)
    which = (
        select(touches, conversations.c.id.label("talk"))
        .join(conversations, conversations.c.customer_id == touches.c.customer_id)
        .where(
            touches.c.kind.in_(kinds),
            touches.c.day.in_(days(now)),
            touches.c.state.in_(BLOCKED),
            touches.c.reason.in_(reasons),
            conversations.c.state != "resolved",
        )
        .order_by(touches.c.id)
    )
    rows = (await connection.execute(which)).all()
    known = set((await connection.execute(told)).scalars()) if rows else set()
    return [(made(TouchRow, row), row.talk) for row in rows if str(row.id) not in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Celebrated:
    """A customer with a birthday, for who looks after them; *ordered_at* is their last order."""

    customer_id: int
    name: str
    tier: str
    month: int
    day: int
    year: int | None
    fault: str
    feb29: str
    ordered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """An active agent whom Slack knows."""

    id: int
    key: str
    name: str
    slack_id: str
    zone: str
    language: str


async def managers(connection: AsyncConnection) -> list[Manager]:
    """List who is told their birthdays of the week: active, in Slack, with customers, and who wants it."""
    looked_after = select(customers.c.id).where(customers.c.account_manager == agents.c.key)
    columns = [agents.c[one] for one in Manager.__slots__]
    here = (agents.c.active.is_(True), agents.c.slack_id != "", agents.c.digest.is_(True))
    which = select(*columns).where(*here, looked_after.exists())
    return [Manager(**row._mapping) for row in await connection.execute(which.order_by(agents.c.key))]


async def manager_of(connection: AsyncConnection, customer_id: int) -> Manager | None:
    """Find the active agent with a Slack id who looks after a customer."""
    columns = [agents.c[one] for one in Manager.__slots__]
    which = (
        select(*columns)
        .join(customers, customers.c.account_manager == agents.c.key)
        .where(customers.c.id == customer_id, agents.c.active.is_(True), agents.c.slack_id != "")
    )
    row = (await connection.execute(which)).first()
    return None if row is None else Manager(**row._mapping)


async def celebrated(
    connection: AsyncConnection, manager: str, days: Sequence[tuple[int, int]], limit: int
) -> list[Celebrated]:
    """List whom a *manager* (an agent's key) looks after and whose birthday is on one of (month, day)."""
    last = (
        select(orders.c.placed_at)
        .where(orders.c.customer_id == customers.c.id, orders.c.cancelled_at.is_(None))
        .order_by(orders.c.placed_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("ordered_at")
    )
    on = or_(*((customers.c.birth_month == m) & (customers.c.birth_day == d) for m, d in days))
    which = (
        select(customers, last)
        .where(
            on,
            customers.c.account_manager == manager,
            customers.c.deceased_at.is_(None),
            customers.c.erased_at.is_(None),
            customers.c.merged_into.is_(None),
        )
        .order_by(customers.c.birth_month, customers.c.birth_day, customers.c.id)
        .limit(limit)
    )
    return [
        Celebrated(
            customer_id=row.id,
            name=row.name,
            tier=row.tier,
            month=row.birth_month,
            day=row.birth_day,
            year=row.birth_year,
            fault=row.birthday_fault,
            feb29=row.feb29,
            ordered_at=row.ordered_at,
        )
        for row in await connection.execute(which)
    ]
