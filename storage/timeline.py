"""Everything that was said to, by and about one customer, in one order, a page at a time.

A page is cut from streams, one a kind, each read from its own index by the same edge and at most a page
long. Keys of messages, happenings and promises grow with time and are their order; the rest has its own
instants. What a customer wrote on a phone without a net stands where it arrived.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.ids import first_at, made_at
from storage.instants import Instant, from_micros, to_micros
from storage.tables import (
    addresses,
    consents,
    conversations,
    happenings,
    messages,
    orders,
    promises,
    touches,
)

Kind = Literal["consent", "happened", "order", "promise", "said", "touch"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PAGE: Final = 50
COUNT_TO: Final = 1_000
LAST: Final = to_micros(made_at(2**63 - 1)) - 1_000_000
"""An order after all there are: keys end in 2089."""
Edge = tuple[int, Kind, int]
"""The last entry of a page: its order, kind and key."""
MILLISECOND: Final = timedelta(milliseconds=1)
NOT_YET: Final = ("planned", "deferred")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline.

    *word* is a message's direction, what happened, a promise's or a touch's state, a consent's word, what
    became of an order; *data* what else is known of that kind. *order* is microseconds since 1970.
    """

    kind: Kind
    id: int
    order: int
    at: datetime
    word: str
    text: str = ""
    channel: str = ""
    conversation_id: int | None = None
    agent_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def edge(self) -> Edge:
        """Where it stands among the others."""
        return self.order, self.kind, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Entries, the newest first; *edge* is where the next page begins, none where this is the last."""

    entries: Sequence[Entry]
    edge: Edge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    customer_id: int
    channel: str
    before: Edge | None
    limit: int
    now: datetime
    whole: bool  # touches stand among the messages that they became


async def page(
    connection: AsyncConnection,
    customer_id: int,
    *,
    now: datetime,
    kinds: Sequence[Kind] = KINDS,
    channel: str = "",
    before: Edge | None = None,
    limit: int = PAGE,
) -> Page:
    """Read a page of a customer's timeline; with a *channel* only what has one, and that one."""
    asked = _Asked(
        customer_id=customer_id,
        channel=channel,
        before=before,
        limit=limit + 1,
        now=now,
        whole="said" in kinds,
    )
    found: list[Entry] = []
    for kind in kinds:
        if not channel or kind in OVER_CHANNELS:
            found += await STREAMS[kind](connection, asked)
    found.sort(key=lambda entry: entry.edge, reverse=True)
    return Page(entries=found[:limit], edge=found[limit - 1].edge if len(found) > limit else None)


async def counts(connection: AsyncConnection, customer_id: int) -> Mapping[Kind, int]:
    """Count each kind up to `COUNT_TO`, which means so many or more."""
    mine = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    ways = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    which: Mapping[Kind, Any] = {
        "said": select(messages.c.id).where(messages.c.conversation_id.in_(mine)),
        "happened": select(happenings.c.id).where(happenings.c.conversation_id.in_(mine)),
        "promise": select(promises.c.id).where(promises.c.customer_id == customer_id),
        "touch": select(touches.c.id).where(touches.c.customer_id == customer_id),
        "order": select(orders.c.id).where(orders.c.customer_id == customer_id),
        "consent": select(consents.c.id).where(consents.c.address_id.in_(ways)),
    }
    found: dict[Kind, int] = {}
    for kind, each in which.items():
        some = each.limit(COUNT_TO).subquery()
        found[kind] = (await connection.execute(select(func.count()).select_from(some))).scalar_one()
    return found


async def _keys(connection: AsyncConnection, table: Any, kind: Kind, asked: _Asked) -> list[int]:
    """Find the last keys of a customer's conversations, from the index of those alone.

    The order is asked of the key and nothing, for else PostgreSQL would read all keys of the house.
    """
    which = (
        select(table.c.id)
        .join(conversations, conversations.c.id == table.c.conversation_id)
        .where(conversations.c.customer_id == asked.customer_id, *_before_key(table.c.id, kind, asked))
    )
    if asked.channel:
        which = which.where(table.c.channel == asked.channel)
    which = which.order_by((table.c.id + literal(0, Integer)).desc()).limit(asked.limit)
    return list((await connection.execute(which)).scalars())


def _before_key(key: ColumnElement[int], kind: Kind, asked: _Asked) -> list[ColumnElement[bool]]:
    if asked.before is None:
        return []
    order, of, last = asked.before
    if kind == of:
        return [key < last]
    at = from_micros(order)
    return [key < first_at(at + MILLISECOND if kind < of else at)]


def _before_instant(at: Any, key: Any, kind: Kind, asked: _Asked) -> list[ColumnElement[bool]]:
    if asked.before is None:
        return []
    order, of, last = asked.before
    edge = literal(order, BigInteger)
    if kind == of:
        return [or_(at < edge, and_(at == edge, key < last))]
    return [at <= edge if kind < of else at < edge]


async def _said(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    keys = await _keys(connection, messages, "said", asked)
    if not keys:
        return []
    became = select(touches.c.message_id, touches.c.kind).where(among(connection, touches.c.message_id, keys))
    occasions = {row.message_id: row.kind for row in await connection.execute(became)}
    rows = await connection.execute(select(messages).where(among(connection, messages.c.id, keys)))
    return [_message(row, occasions.get(row.id, "")) for row in rows]


ALONG: Final = ("deleted_at", "status_at", "nature", "subject")


def _message(row: Row[Any], occasion: str) -> Entry:
    data = {"status": row.status, "reason": row.reason, "edited_at": row.edited_at, "touch": occasion}
    return Entry(
        kind="said",
        id=row.id,
        order=to_micros(made_at(row.id)),
        at=row.sent_at,
        word=row.direction,
        text="" if row.deleted_at else row.text,
        channel=row.channel,
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        data={**data, **{name: getattr(row, name) for name in ALONG}},
    )


async def _happened(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    keys = await _keys(connection, happenings, "happened", asked)
    which = select(happenings).where(among(connection, happenings.c.id, keys))
    return [
        Entry(
            kind="happened",
            id=row.id,
            order=to_micros(made_at(row.id)),
            at=row.at,
            word=row.kind,
            conversation_id=row.conversation_id,
            agent_id=row.agent_id,
            data=row.data,
        )
        for row in (await connection.execute(which) if keys else ())
    ]


async def _promised(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    which = select(promises).where(
        promises.c.customer_id == asked.customer_id, *_before_key(promises.c.id, "promise", asked)
    )
    rows = await connection.execute(which.order_by(promises.c.id.desc()).limit(asked.limit))
    return [
        Entry(
            kind="promise",
            id=row.id,
            order=to_micros(made_at(row.id)),
            at=row.made_at,
            word=row.state,
            text=row.text,
            conversation_id=row.conversation_id,
            agent_id=row.owner_id,
            data={"due_at": row.due_at, "ended_at": row.ended_at, "missed_at": row.missed_at},
        )
        for row in rows
    ]


async def _touched(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    at = func.coalesce(*(_plain(touches.c[name]) for name in ("handed_at", "ended_at", "due_at")))
    which = select(touches, at.label("stands")).where(
        touches.c.customer_id == asked.customer_id,
        or_(touches.c.state.not_in(NOT_YET), touches.c.due_at <= literal(asked.now, Instant)),
        *([touches.c.message_id.is_(None)] if asked.whole else []),
        *([touches.c.channel == asked.channel] if asked.channel else []),
    )
    return [
        Entry(
            kind="touch",
            id=row.id,
            order=row.stands,
            at=from_micros(row.stands),
            word=row.state,
            text=row.text,
            channel=row.channel,
            agent_id=row.agent_id,
            data={"touch": row.kind, "reason": row.reason},
        )
        for row in await _cut(connection, which, at, touches.c.id, "touch", asked)
    ]


async def _consented(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    ways = select(addresses.c.id).where(addresses.c.customer_id == asked.customer_id)
    at = _plain(consents.c.at)
    which = select(consents, at.label("stands")).where(consents.c.address_id.in_(ways))
    if asked.channel:
        which = which.where(consents.c.channel == asked.channel)
    return [
        Entry(
            kind="consent",
            id=row.id,
            order=row.stands,
            at=row.at,
            word=row.word,
            text=row.wording,
            channel=row.channel,
            agent_id=row.agent_id,
            data={"subject": row.subject, "source": row.source},
        )
        for row in await _cut(connection, which, at, consents.c.id, "consent", asked)
    ]


async def _bought(connection: AsyncConnection, asked: _Asked) -> list[Entry]:
    """List orders where they were placed, with what became of them."""
    at = _plain(orders.c.placed_at)
    which = select(orders, at.label("stands")).where(orders.c.customer_id == asked.customer_id)
    return [
        Entry(
            kind="order",
            id=row.id,
            order=row.stands,
            at=row.placed_at,
            word=_became(row),
            text=row.summary,
            data={"number": row.number, "total": row.total, "currency": row.currency},
        )
        for row in await _cut(connection, which, at, orders.c.id, "order", asked)
    ]


def _became(row: Row[Any]) -> str:
    steps = (("cancelled", row.cancelled_at), ("returned", row.returned_at), ("arrived", row.delivered_at))
    return next((word for word, at in steps if at is not None), "placed")


def _plain(column: Any) -> Any:
    """Read an instant as the number that is kept."""
    return type_coerce(column, BigInteger)


async def _cut(
    connection: AsyncConnection, which: Select[Any], at: Any, key: Any, kind: Kind, asked: _Asked
) -> Sequence[Any]:
    """Read the last of a kind of which a customer has hundreds at most."""
    cut = which.where(*_before_instant(at, key, kind, asked)).order_by(at.desc(), key.desc())
    rows: Sequence[Any] = (await connection.execute(cut.limit(asked.limit))).all()
    return rows


STREAMS: Final[Mapping[Kind, Callable[[AsyncConnection, _Asked], Awaitable[list[Entry]]]]] = {
    "consent": _consented,
    "happened": _happened,
    "order": _bought,
    "promise": _promised,
    "said": _said,
    "touch": _touched,
}
OVER_CHANNELS: Final = ("said", "touch", "consent")
