"""Who waits, with what decisions are made from, many at once: a handful of questions however many wait."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.instants import EPOCH
from storage.rows import made
from storage.tables import addresses, conversations, customers, happenings, messages, orders, routed

WORDS: Final = 20
"""Messages of the customer that are read of each conversation."""
LOOKED_AT: Final = 40  # messages of either side in which those are looked for
# A literal, so that SQLite can use the partial index of who waits.
OPEN: Final[ColumnElement[str]] = literal_column("'open'")
WAITS: Final = and_(conversations.c.state == OPEN, conversations.c.waiting_since.is_not(None))

Ranks = tuple[tuple[tuple[str, int], ...], int]
"""The rank of each tier by its key, and that of all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """An open conversation with its customer and what was decided of it; see the tables for each.

    *since* is the waiting that was decided on; None also where nothing was decided yet.
    """

    id: int
    customer_id: int
    address_id: int
    channel: str
    team: str
    owner_id: int | None
    opened_at: datetime
    waiting_since: datetime | None
    last_in_at: datetime | None
    last_at: datetime
    revision: int
    name: str
    language: str
    tier: str
    tags: Sequence[str] | None
    account_manager: str
    zone: str
    device_zone: str
    country: str
    region: str
    address: str
    stopped_at: datetime | None
    since: datetime | None
    rule: str | None
    priority: int | None
    reply: str | None
    reasons: Any
    resolve_due_at: datetime | None
    waits_until: datetime | None
    assigned_at: datetime | None
    auto_replied_at: datetime | None

    @property
    def sorted(self) -> bool:
        """Whether the rules were asked about this waiting."""
        return self.waiting_since is None or self.since == self.waiting_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What else decisions want of a conversation.

    *words* are the customer's last, oldest first. *answered_at* is when an agent last answered in it,
    *last_agent* who did in any of the customer's; *placed* says that an agent gave it to its team.
    """

    words: Sequence[str] = ()
    answered_at: datetime | None = None
    last_agent: int | None = None
    bought: int = 0
    bought_at: datetime | None = None
    refused: frozenset[int] = frozenset()
    placed: bool = False


async def unsorted(connection: AsyncConnection, limit: int) -> list[Waits]:
    """List whose waiting the rules were not asked about, who has waited longest first."""
    return [made(Waits, row) for row in await connection.execute(_unsorted(), {"most": limit})]


async def nobodys(
    connection: AsyncConnection,
    teams: Collection[str],
    ranks: Ranks,
    limit: int,
    skip: int = 0,
) -> list[Waits]:
    """List what the rules have sorted, is in *teams* and nobody's.

    By the rank of the tier, then by what the rules say, then by the promised time; who waits for nothing
    comes last.
    """
    if not teams:
        return []
    wanted = {"teams": sorted(teams), "most": limit, "skipped": skip}
    return [made(Waits, row) for row in await connection.execute(_nobodys(ranks), wanted)]


async def longest(connection: AsyncConnection, teams: Collection[str], limit: int) -> list[Waits]:
    """List of the same who has waited longest, whatever their tier."""
    if not teams:
        return []
    found = await connection.execute(_longest(), {"teams": sorted(teams), "most": limit})
    return [made(Waits, row) for row in found]


async def some(connection: AsyncConnection, ids: Collection[int]) -> list[Waits]:
    """Find conversations that are open by their keys."""
    # Not "= open": SQLite would walk all that is open by the index of that.
    is_open = conversations.c.state.not_in(("snoozed", "resolved"))
    which = _waits().where(among(connection, conversations.c.id, ids), is_open)
    return [made(Waits, row) for row in await connection.execute(which)]


async def known(connection: AsyncConnection, waits: Sequence[Waits]) -> dict[int, Known]:
    """Read what else decisions want of each."""
    if not waits:
        return {}
    ids = {"ids": [one.id for one in waits]}
    words: dict[int, list[str]] = {}
    for row in await connection.execute(_words(), ids):
        words.setdefault(row.conversation_id, []).append(row.text)
    facts = (await connection.execute(_facts(), ids)).all()
    answers = [key for row in facts for key in (row.own_answer, row.any_answer) if key is not None]
    said = {}
    if answers:
        which = select(messages.c.id, messages.c.agent_id, messages.c.sent_at)
        for row in await connection.execute(which.where(among(connection, messages.c.id, answers))):
            said[row.id] = row
    befell = (await connection.execute(_befell(), ids)).all()
    refused, placed = _refused(befell), {row.conversation_id for row in befell if _placed(row)}
    return {
        row.id: Known(
            words=tuple(words.get(row.id, [])[-WORDS:]),
            answered_at=said[row.own_answer].sent_at if row.own_answer in said else None,
            last_agent=said[row.any_answer].agent_id if row.any_answer in said else None,
            bought=row.bought,
            bought_at=row.bought_at,
            refused=frozenset(refused.get(row.id, ())),
            placed=row.id in placed,
        )
        for row in facts
    }


async def owned(
    connection: AsyncConnection,
    limit: int,
    after: int = 0,
    *,
    owners: Collection[int] = (),
    before: datetime | None = None,
) -> list[Waits]:
    """List who waits for one of the agents *owners*, or for any since *before* or longer, by key.

    Whoever got it later than *before* is left out of the second kind.
    """
    wanted = {"after": after, "most": limit, "owners": list(owners), "latest": before or EPOCH}
    return [made(Waits, row) for row in await connection.execute(_owned(), wanted)]


async def had_since(connection: AsyncConnection, ids: Collection[int]) -> dict[int, datetime]:
    """Say since when each conversation has had the owner of now, where that was written down."""
    kinds = ("assigned", "reassigned", "taken", "handed_over", "snoozed", "reopened")
    which = (
        select(happenings.c.conversation_id, func.max(happenings.c.at).label("at"))
        .where(among(connection, happenings.c.conversation_id, ids), happenings.c.kind.in_(kinds))
        .group_by(happenings.c.conversation_id)
    )
    return {row.conversation_id: row.at for row in await connection.execute(which)}


def _refused(rows: Iterable[Any]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {}
    for row in rows:
        if row.kind == "given_back":
            found.setdefault(row.conversation_id, set()).add(row.agent_id)
    return found


def _placed(row: Any) -> bool:
    return row.kind == "handed_over" and bool((row.data or {}).get("to_team"))


def _waits() -> Select[Any]:
    mine = [
        conversations.c[name]
        for name in (
            *("id", "customer_id", "address_id", "channel", "team", "owner_id", "opened_at"),
            *("waiting_since", "last_in_at", "last_at", "revision"),
        )
    ]
    theirs = [
        customers.c[name]
        for name in (
            *("name", "language", "tier", "tags", "account_manager"),
            *("zone", "device_zone", "country", "region"),
        )
    ]
    decided = [
        routed.c[name]
        for name in (
            *("since", "rule", "priority", "reply", "reasons", "resolve_due_at"),
            *("waits_until", "assigned_at", "auto_replied_at"),
        )
    ]
    return select(*mine, *theirs, addresses.c.address, addresses.c.stopped_at, *decided).select_from(
        conversations.join(customers, customers.c.id == conversations.c.customer_id)
        .join(addresses, addresses.c.id == conversations.c.address_id)
        .outerjoin(routed, routed.c.conversation_id == conversations.c.id)
    )


def _is_sorted() -> ColumnElement[bool]:
    return routed.c.since == conversations.c.waiting_since


@cache
def _unsorted() -> Select[Any]:
    new = or_(routed.c.since.is_(None), routed.c.since != conversations.c.waiting_since)
    order = (conversations.c.waiting_since, conversations.c.id)
    return _waits().where(WAITS, new).order_by(*order).limit(bindparam("most"))


def _free() -> Select[Any]:
    return _waits().where(
        conversations.c.state == OPEN,
        conversations.c.owner_id.is_(None),
        conversations.c.team.in_(bindparam("teams", expanding=True)),
        or_(conversations.c.waiting_since.is_(None), _is_sorted()),
    )


@lru_cache(maxsize=8)
def _nobodys(ranks: Ranks) -> Select[Any]:
    known, other = ranks
    rank = case(dict(known), value=customers.c.tier, else_=other) if known else literal(other)
    order = (
        conversations.c.waiting_since.is_(None),
        rank,
        func.coalesce(routed.c.priority, 0).desc(),
        routed.c.reply_due_at.is_(None),
        routed.c.reply_due_at,
        conversations.c.waiting_since,
        conversations.c.id,
    )
    return _free().order_by(*order).limit(bindparam("most")).offset(bindparam("skipped"))


@cache
def _longest() -> Select[Any]:
    order = (conversations.c.waiting_since, conversations.c.id)
    which = _free().where(conversations.c.waiting_since.is_not(None))
    return which.order_by(*order).limit(bindparam("most"))


@cache
def _owned() -> Select[Any]:
    long = and_(
        conversations.c.waiting_since <= bindparam("latest"),
        func.coalesce(routed.c.assigned_at, conversations.c.waiting_since) <= bindparam("latest"),
    )
    theirs = conversations.c.owner_id.in_(bindparam("owners", expanding=True))
    mine = and_(conversations.c.owner_id.is_not(None), conversations.c.id > bindparam("after"))
    which = _waits().where(WAITS, mine, or_(theirs, long), _is_sorted())
    return which.order_by(conversations.c.id).limit(bindparam("most"))


@cache
def _words() -> Select[Any]:
    """Ask for the last words of many conversations; of a long one only its end is read."""
    each = messages.alias("each")
    first = (
        select(each.c.id)
        .where(each.c.conversation_id == conversations.c.id)
        .order_by(each.c.id.desc())
        .limit(1)
        .offset(LOOKED_AT - 1)
        .correlate(conversations)
        .scalar_subquery()
    )
    ends = (
        select(conversations.c.id.label("which"), func.coalesce(first, 0).label("first"))
        .where(conversations.c.id.in_(bindparam("ids", expanding=True)))
        .subquery("ends")
    )
    return (
        select(messages.c.conversation_id, messages.c.text)
        .select_from(
            ends.join(
                messages, and_(messages.c.conversation_id == ends.c.which, messages.c.id >= ends.c.first)
            )
        )
        .where(messages.c.direction == "in", messages.c.deleted_at.is_(None))
        .order_by(messages.c.id)
    )


@cache
def _facts() -> Select[Any]:
    """Ask what an agent said last, in the conversation and to the customer, and what they bought."""
    theirs = conversations.alias("theirs")
    ours = and_(messages.c.direction == "out", messages.c.agent_id.is_not(None))
    # "+ 0": the largest of the few, not the whole table walked from its end.
    last = func.max(messages.c.id + 0)
    in_it = select(last).where(messages.c.conversation_id == conversations.c.id, ours)
    in_any = (
        select(last)
        .select_from(theirs.join(messages, messages.c.conversation_id == theirs.c.id))
        .where(theirs.c.customer_id == conversations.c.customer_id, ours)
    )
    stands = and_(orders.c.customer_id == conversations.c.customer_id, orders.c.cancelled_at.is_(None))
    return select(
        conversations.c.id,
        in_it.correlate(conversations).scalar_subquery().label("own_answer"),
        in_any.correlate(conversations).scalar_subquery().label("any_answer"),
        select(func.count()).where(stands).correlate(conversations).scalar_subquery().label("bought"),
        select(func.max(orders.c.placed_at))
        .where(stands)
        .correlate(conversations)
        .scalar_subquery()
        .label("bought_at"),
    ).where(conversations.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _befell() -> Select[Any]:
    return (
        select(happenings.c.conversation_id, happenings.c.kind, happenings.c.agent_id, happenings.c.data)
        .where(
            happenings.c.conversation_id.in_(bindparam("ids", expanding=True)),
            happenings.c.kind.in_(("given_back", "handed_over")),
            happenings.c.agent_id.is_not(None),
        )
        .order_by(happenings.c.id)
    )
