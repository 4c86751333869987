"""What befell customers, as the last look before a touch leaves needs it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, conversations, customers, holds, orders, touches
from storage.touch_states import DEFERRED, FAILED, HANDED_OFF, HELD, PLANNED

COUNTED: Final = timedelta(days=8)  # caps look back a week
BIRTHDAY_AHEAD: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A touch that was handed off and did not certainly fail.

    *pending* is one of somebody who was joined with the customer since: it may still be turned back.
    """

    id: int
    kind: str
    period: str
    at: datetime
    counts: bool
    pending: bool = False


@dataclass(slots=True, kw_only=True)
class Befell:
    """What befell one customer and those joined with them; *handed* are their touches that went out."""

    said_at: datetime | None = None
    open: bool = False
    last_said_at: datetime | None = None
    complaint_since: datetime | None = None
    complaint_ended_at: datetime | None = None
    held_by_agent: bool = False
    bought_at: datetime | None = None
    handed: list[Gone] = field(default_factory=list)
    birthday_next: datetime | None = None


async def befell(
    connection: AsyncConnection,
    customer_ids: Collection[int],
    now: datetime,
    birthdays: Collection[str] = (),
    kinds: Collection[str] = (),
) -> dict[int, Befell]:
    """Read what befell customers; hand-offs of *kinds* are read whole, the others of the last days.

    *birthdays* are the kinds of touch that are birthdays.
    """
    found = {key: Befell() for key in customer_ids}
    if not found:
        return found
    everybody = await _with_joined(connection, found)
    await _said(connection, everybody)
    await _held(connection, everybody)
    bought = (
        select(orders.c.customer_id, func.max(orders.c.placed_at))
        .where(orders.c.customer_id.in_(everybody), orders.c.cancelled_at.is_(None))
        .group_by(orders.c.customer_id)
    )
    for key, at in await connection.execute(bought):
        everybody[key].bought_at = _later(everybody[key].bought_at, at)
    await _handed(connection, everybody, found, now, kinds)
    if birthdays:
        await _birthdays(connection, found, now, birthdays)
    return found


async def _with_joined(connection: AsyncConnection, found: dict[int, Befell]) -> dict[int, Befell]:
    """Let what befell those who were joined with a customer befall them."""
    everybody, fresh = dict(found), set(found)
    while fresh:
        which = select(customers.c.id, customers.c.merged_into).where(customers.c.merged_into.in_(fresh))
        fresh = set()
        for key, into in await connection.execute(which):
            if key not in everybody:
                everybody[key] = everybody[into]
                fresh.add(key)
    return everybody


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)


async def _said(connection: AsyncConnection, found: dict[int, Befell]) -> None:
    words = (
        select(addresses.c.customer_id, func.max(addresses.c.last_in_at))
        .where(addresses.c.customer_id.in_(found))
        .group_by(addresses.c.customer_id)
    )
    for key, at in await connection.execute(words):
        found[key].said_at = _later(found[key].said_at, at)
    going_on = select(conversations.c.customer_id, conversations.c.last_at).where(
        conversations.c.customer_id.in_(found), conversations.c.state != "resolved"
    )
    for key, at in await connection.execute(going_on):
        found[key].open, found[key].last_said_at = True, _later(found[key].last_said_at, at)


async def _held(connection: AsyncConnection, found: dict[int, Befell]) -> None:
    which = select(holds).where(holds.c.customer_id.in_(found)).order_by(holds.c.id)
    for row in await connection.execute(which):
        one = found[row.customer_id]
        if row.kind == "agent":
            one.held_by_agent = one.held_by_agent or row.ended_at is None
        elif row.ended_at is None:
            one.complaint_since = one.complaint_since or row.since
        elif one.complaint_ended_at is None or row.ended_at > one.complaint_ended_at:
            one.complaint_ended_at = row.ended_at


async def _handed(
    connection: AsyncConnection,
    found: dict[int, Befell],
    mine: Collection[int],
    now: datetime,
    kinds: Collection[str],
) -> None:
    recent: Any = touches.c.handed_at > now - COUNTED
    failed = and_(touches.c.state == FAILED, touches.c.counts == 0)
    which = and_(touches.c.customer_id.in_(found), touches.c.handed_at.is_not(None), ~failed)
    which = and_(which, or_(recent, touches.c.kind.in_(kinds)) if kinds else recent)
    for row in await connection.execute(select(touches).where(which).order_by(touches.c.handed_at)):
        gone = Gone(
            id=row.id,
            kind=row.kind,
            period=row.period,
            at=row.handed_at,
            counts=bool(row.counts),
            pending=row.state == HANDED_OFF and row.customer_id not in mine,
        )
        found[row.customer_id].handed.append(gone)


async def _birthdays(
    connection: AsyncConnection, found: dict[int, Befell], now: datetime, kinds: Collection[str]
) -> None:
    which = (
        select(touches.c.customer_id, func.min(touches.c.due_at))
        .where(
            touches.c.customer_id.in_(found),
            touches.c.kind.in_(kinds),
            touches.c.state.in_((PLANNED, DEFERRED, HELD)),
            touches.c.valid_until > now,
            touches.c.due_at <= now + BIRTHDAY_AHEAD,
        )
        .group_by(touches.c.customer_id)
    )
    for key, at in await connection.execute(which):
        found[key].birthday_next = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a touch follows, as it stands now: *gone* if there is no such thing any more.

    *at* is when the order was delivered or the conversation resolved, *answered_at* when we said the last
    word in a conversation that is open.
    """

    customer_id: int | None = None
    at: datetime | None = None
    answered_at: datetime | None = None
    returned: bool = False
    gone: bool = False


async def followed(connection: AsyncConnection, refs: Collection[str]) -> dict[str, Followed]:
    """Look at anchors again by their references: `order A1`, `conversation 7`; others are not known."""
    numbers = [ref.removeprefix("order ") for ref in refs if ref.startswith("order ")]
    talks = [ref.removeprefix("conversation ") for ref in refs if ref.startswith("conversation ")]
    found = {ref: Followed(gone=True) for ref in refs if ref.startswith(("order ", "conversation "))}
    if numbers:
        for row in await connection.execute(select(orders).where(orders.c.number.in_(numbers))):
            back = row.returned_at is not None or row.cancelled_at is not None
            found[f"order {row.number}"] = Followed(
                customer_id=row.customer_id, at=row.delivered_at, returned=back
            )
    if talks:
        ids = [int(one) for one in talks if one.isdecimal()]
        which = select(conversations).where(conversations.c.id.in_(ids))
        for row in await connection.execute(which):
            ours = row.state == "open" and row.last_direction == "out" and row.waiting_since is None
            found[f"conversation {row.id}"] = Followed(
                customer_id=row.customer_id,
                at=row.resolved_at if row.state == "resolved" else None,
                answered_at=row.last_at if ours else None,
                gone=row.merged_into is not None,
            )
    return found
