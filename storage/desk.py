"""What the desk asks: the queue with its views and counts, and everything about one conversation.

Every list has a limit and an index; counts stop at `COUNT_TO`, so that a queue of any length
costs the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import Instant
from storage.rows import Agent, made
from storage.tables import addresses, agents, conversations, customers, messages, promises, routed

# Literals, so that SQLite can use the partial indexes.
_OPEN: ColumnElement[str] = literal_column("'open'")
_SNOOZED: ColumnElement[str] = literal_column("'snoozed'")
WAITS = and_(conversations.c.state == _OPEN, conversations.c.waiting_since.is_not(None))
CALM = (
    and_(conversations.c.state == _OPEN, conversations.c.waiting_since.is_(None)),
    conversations.c.state == _SNOOZED,
)

View = Literal["mine", "unassigned", "team", "all"]
Group = Literal["waiting", "going"]
COUNT_TO = 1_000
PAGE = 25
OWN = (
    *("id", "channel", "team", "owner_id", "state", "waiting_since", "last_at", "last_text"),
    *("last_direction", "unread", "snoozed_until", "previous_id", "customer_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One conversation as a list shows it, with its customer and what became of our last words.

    *promise_due_at* is when the next of its open promises is due.
    """

    id: int
    channel: str
    team: str
    owner_id: int | None
    state: str
    waiting_since: datetime | None
    last_at: datetime
    last_text: str
    last_direction: str
    unread: int
    snoozed_until: datetime | None
    previous_id: int | None
    customer_id: int
    customer_name: str
    language: str
    tier: str
    address: str
    owner_name: str | None
    out_status: str | None
    out_status_at: datetime | None
    reply_due_at: datetime | None = None
    promise_due_at: datetime | None

    @property
    def group(self) -> Group | None:
        """Where it stands: waiting for us, going on, or (resolved) in neither."""
        if self.state == "resolved":
            return None
        return "waiting" if self.state == "open" and self.waiting_since is not None else "going"

    def within(self, view: View, agent: Agent) -> bool:
        """Whether the *agent* sees it in *view*."""
        match view:
            case "mine":
                return self.owner_id == agent.id
            case "unassigned":
                return self.owner_id is None
            case "team":
                return self.team in agent.teams
            case "all":
                return True


Edge = tuple[datetime, int]
"""Where a page ended: the sort key and the id of its last row."""


async def waiting(
    connection: AsyncConnection, view: View, agent: Agent, *, after: Edge | None = None, limit: int = PAGE
) -> list[QueueRow]:
    """List who waits for us, longest first."""
    found: list[QueueRow] = []
    for narrowed in _narrowed(view, agent):
        which = rows().where(WAITS, *narrowed)
        if after is not None:
            which = which.where(tuple_(conversations.c.waiting_since, conversations.c.id) > _at(after))
        which = which.order_by(conversations.c.waiting_since, conversations.c.id).limit(limit)
        found += [made(QueueRow, row) for row in await connection.execute(which)]
    return sorted(found, key=lambda row: (row.waiting_since or row.last_at, row.id))[:limit]


async def going(
    connection: AsyncConnection, view: View, agent: Agent, *, before: Edge | None = None, limit: int = PAGE
) -> list[QueueRow]:
    """List what is answered or set aside, last said first."""
    found: list[QueueRow] = []
    for narrowed in _narrowed(view, agent):
        for state in CALM:
            which = rows().where(state, *narrowed)
            if before is not None:
                which = which.where(tuple_(conversations.c.last_at, conversations.c.id) < _at(before))
            which = which.order_by(conversations.c.last_at.desc(), conversations.c.id.desc()).limit(limit)
            found += [made(QueueRow, row) for row in await connection.execute(which)]
    return sorted(found, key=lambda row: (row.last_at, row.id), reverse=True)[:limit]


async def row(connection: AsyncConnection, conversation_id: int) -> QueueRow | None:
    """Find one conversation as a list shows it."""
    found = (await connection.execute(rows().where(conversations.c.id == conversation_id))).one_or_none()
    return None if found is None else made(QueueRow, found)


async def counts(connection: AsyncConnection, agent: Agent) -> Mapping[str, int]:
    """Count each view (all but resolved) and how many of mine wait; `COUNT_TO` means so many or more."""
    going_on = conversations.c.state.in_(("open", "snoozed"))
    mine = conversations.c.owner_id == agent.id
    wanted: dict[str, list[ColumnElement[bool]]] = {
        "mine": [going_on, mine],
        "unassigned": [going_on, conversations.c.owner_id.is_(None)],
        "team": [going_on, conversations.c.team.in_(agent.teams)],
        "waiting": [conversations.c.state == "open", mine, conversations.c.waiting_since.is_not(None)],
    }
    return {name: await _count(connection, conditions) for name, conditions in wanted.items()}


async def count_waiting(connection: AsyncConnection, view: View, agent: Agent) -> int:
    """Count who waits in *view*, up to `COUNT_TO`."""
    numbers = [await _count(connection, [WAITS, *narrowed]) for narrowed in _narrowed(view, agent)]
    return min(sum(numbers), COUNT_TO)


async def _count(connection: AsyncConnection, conditions: Sequence[ColumnElement[bool]]) -> int:
    some = select(conversations.c.id).where(*conditions).limit(COUNT_TO).subquery()
    number: int = (await connection.execute(select(func.count()).select_from(some))).scalar_one()
    return number


def _at(edge: Edge) -> ColumnElement[Any]:
    return tuple_(literal(edge[0], Instant), literal(edge[1], BigInteger))


def _narrowed(view: View, agent: Agent) -> list[list[ColumnElement[bool]]]:
    """The view as alternatives that each read one index in order; their rows are merged."""
    match view:
        case "mine":
            return [[conversations.c.owner_id == agent.id]]
        case "unassigned":
            return [[conversations.c.owner_id.is_(None)]]
        case "team":
            return [[conversations.c.team == team] for team in agent.teams]
        case "all":
            return [[]]


def rows() -> Select[Any]:
    """Select conversations with everything a `QueueRow` says."""
    ours = (
        select(messages.c.id)
        .where(messages.c.conversation_id == conversations.c.id, messages.c.direction == "out")
        .order_by(messages.c.id.desc())
        .limit(1)
        .correlate(conversations)
        .scalar_subquery()
    )
    owed = (
        select(func.min(promises.c.due_at))
        .where(promises.c.conversation_id == conversations.c.id, promises.c.state == _OPEN)
        .correlate(conversations)
        .scalar_subquery()
    )
    last = messages.alias("last_out")
    return select(
        *[conversations.c[name] for name in OWN],
        customers.c.name.label("customer_name"),
        customers.c.language,
        customers.c.tier,
        addresses.c.address,
        agents.c.name.label("owner_name"),
        last.c.status.label("out_status"),
        last.c.status_at.label("out_status_at"),
        owed.label("promise_due_at"),
        case((routed.c.since == conversations.c.waiting_since, routed.c.reply_due_at)).label("reply_due_at"),
    ).select_from(
        conversations.join(customers, customers.c.id == conversations.c.customer_id)
        .join(addresses, addresses.c.id == conversations.c.address_id)
        .outerjoin(agents, agents.c.id == conversations.c.owner_id)
        .outerjoin(last, last.c.id == ours)
        .outerjoin(routed, routed.c.conversation_id == conversations.c.id)
    )
