"""What is read to see whether work is shared: who was given what, and what was said when, in order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import first_at
from storage.rows import made
from storage.tables import conversations, customers, happenings, messages

PAGE: Final = 5_000
APART: Final = timedelta(days=7)
"""How far a key's time and what is written as the time may be apart: hooks are replayed, clocks go wrong."""
GIVEN: Final = ("assigned", "reassigned", "taken", "handed_over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """A conversation that became somebody's: an agent's key, its customer's tier, its team, and when."""

    agent_id: int
    tier: str
    team: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A message of a customer (*agent_id* none) or of an agent."""

    conversation_id: int
    agent_id: int | None
    tier: str
    team: str
    at: datetime


async def given(connection: AsyncConnection, since: datetime, until: datetime) -> list[Gave]:
    """List what became somebody's in [since, until), in order."""
    which = (
        select(
            happenings.c.id,
            happenings.c.agent_id,
            happenings.c.data,
            happenings.c.at,
            customers.c.tier,
            conversations.c.team,
        )
        .select_from(_with_customer(happenings))
        .where(happenings.c.kind.in_(GIVEN), happenings.c.at >= since, happenings.c.at < until)
    )
    found = []
    async for row in _pages(connection, which, happenings.c.id, since, until):
        to = (row.data or {}).get("to_agent") or (row.agent_id if "to_team" not in (row.data or {}) else None)
        if to is not None:
            found.append(Gave(agent_id=to, tier=row.tier, team=row.team, at=row.at))
    return found


async def spoken(connection: AsyncConnection, since: datetime, until: datetime) -> AsyncIterator[Spoke]:
    """Read what customers and agents said in [since, until), in order; what the house said is left out."""
    which = (
        select(
            messages.c.id,
            messages.c.conversation_id,
            messages.c.direction,
            messages.c.agent_id,
            messages.c.received_at.label("at"),
            customers.c.tier,
            conversations.c.team,
        )
        .select_from(_with_customer(messages))
        .where(
            messages.c.received_at >= since,
            messages.c.received_at < until,
            and_(messages.c.direction == "in", messages.c.nature == "")
            | and_(messages.c.direction == "out", messages.c.agent_id.is_not(None)),
        )
    )
    async for row in _pages(connection, which, messages.c.id, since, until):
        yield made(Spoke, row)


def _with_customer(table: Any) -> Any:
    return table.join(conversations, conversations.c.id == table.c.conversation_id).join(
        customers, customers.c.id == conversations.c.customer_id
    )


async def _pages(
    connection: AsyncConnection, which: Select[Any], key: Any, since: datetime, until: datetime
) -> AsyncIterator[Any]:
    """Read by keys, which grow with time, a page at a time, so that memory stays flat."""
    after, last = first_at(since - APART), first_at(until + APART)
    while True:
        page = (
            await connection.execute(which.where(key > after, key < last).order_by(key).limit(PAGE))
        ).all()
        for row in page:
            yield row
        if len(page) < PAGE:
            return
        after = page[-1].id
