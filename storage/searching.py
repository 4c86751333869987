"""Finding what was said, by words: ranked, then the newest first, with the place of the hit.

The newest `WINDOW` messages that match are ranked by how closely they say what was asked: all of it
together, then whole words, then beginnings of words. To rank all would take as long as there are matches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import found_people
from storage.among import among
from storage.indexing import dialect, words_of
from storage.instants import to_micros
from storage.tables import conversations, customers, messages
from storage.terms import Query, closeness, parts, places, query, terms

WINDOW: Final = 200
TALKS: Final = 500  # conversations of one customer that are searched, the latest
FIRST: Final = 2**63 - 1
BEFORE, AFTER = 60, 140  # letters of an excerpt on either side of the beginning of the hit
Edge = tuple[int, int]
"""Where a page ended: the key below which its messages are, and how many hits of those were shown."""
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
END: Final = datetime(9998, 1, 1, tzinfo=UTC)
YEARS: Final = 20
NUMBERED: Final = "cv_"
"""What may stand before the number of a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of an excerpt; *hit* if it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The message of a conversation that says it best; *more* of the same conversation say it too."""

    conversation_id: int
    message_id: int
    customer_id: int
    customer_name: str
    tier: str
    channel: str
    direction: str
    agent_id: int | None
    state: str
    at: datetime
    excerpt: Sequence[Piece]
    rank: int
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of hits; *edge* is where the next begins, none where there is nothing more."""

    hits: Sequence[Hit] = ()
    edge: Edge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Where to look: each that is given must hold. *until* is not included."""

    customer_id: int | None = None
    channel: str | None = None
    agent_id: int | None = None
    direction: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class _Talk:
    best: Row[Any]
    rank: int
    more: int = 0
    order: tuple[int, datetime, int] = field(init=False)

    def __post_init__(self) -> None:
        self.order = (self.rank, self.best.sent_at, self.best.id)


async def find(
    connection: AsyncConnection,
    words: str,
    *,
    customer_id: int | None = None,
    channel: str | None = None,
    agent_id: int | None = None,
    direction: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 20,
    before: Edge | None = None,
) -> Found:
    """Find conversations in which *words* were said, each by its best message; see `Narrowed`.

    Any text may be asked for: words, the beginning of the last one, phrases in quotes.
    """
    asked = query(words)
    where = Narrowed(
        customer_id=customer_id,
        channel=channel,
        agent_id=agent_id,
        direction=direction,
        since=since,
        until=until,
    )
    if not asked.phrases:
        return Found()
    below, skip = before or (FIRST, 0)
    keys = await _matching(connection, asked, where, below)
    talks = _talks(asked, await _rows(connection, keys))
    shown = talks[skip : skip + limit]
    return Found(
        hits=[_hit(asked, talk) for talk in shown],
        edge=_edge(keys, below if before else (keys[0] + 1 if keys else FIRST), skip + limit, len(talks)),
    )


def _edge(keys: Sequence[int], below: int, shown: int, of: int) -> Edge | None:
    """Go on within the window, then with the messages before it."""
    if shown < of:
        return below, shown
    return (keys[-1], 0) if len(keys) == WINDOW else None


async def _matching(connection: AsyncConnection, asked: Query, where: Narrowed, below: int) -> list[int]:
    ours = dialect(connection)
    groups = await _groups(connection, where)
    if groups is None:
        return []
    values = {
        "asked": ours.asked(asked, groups),
        "below": below,
        "since": to_micros(where.since or BEGINNING),
        "until": to_micros(where.until or END),
        "most": WINDOW,
    }
    for statement in (ours.RECENT if where.until is None else "", ours.FOUND):
        keys = list((await connection.execute(text(statement), values)).scalars()) if statement else []
        if len(keys) == WINDOW:
            break
    return keys


async def _groups(connection: AsyncConnection, where: Narrowed) -> list[list[str]] | None:
    """Write the marks of which one each must stand on a message; None where nothing can be found."""
    groups = []
    if where.customer_id is not None:
        mine = select(conversations.c.id).where(conversations.c.customer_id == where.customer_id)
        keys = (await connection.execute(mine.order_by(conversations.c.id.desc()).limit(TALKS))).scalars()
        groups.append([f"k{key}" for key in keys])
    if where.channel:
        groups.append([f"h{where.channel.encode().hex()}"])
    if where.agent_id is not None:
        groups.append([f"a{where.agent_id}"])
    if where.direction:
        groups.append([f"d{where.direction}"])
    if where.since is not None or where.until is not None:
        groups += _months(where.since, where.until)
    return groups if all(groups) else None


def _months(since: datetime | None, until: datetime | None) -> list[list[str]]:
    """Cover a span with whole years and months; the messages' own instants are asked besides."""
    first = _month(since) if since else _month(until or END) - 12 * YEARS
    last = _month(until) if until else first + 12 * YEARS
    if not first <= last <= first + 12 * YEARS:
        return []
    months = range(first, last + 1)
    whole = [year for year in range(first // 12, last // 12 + 1) if _has(months, year)]
    rest = [f"m{one // 12:04d}{one % 12 + 1:02d}" for one in months if one // 12 not in whole]
    return [[*(f"y{year:04d}" for year in whole), *rest]]


def _month(at: datetime) -> int:
    utc = at.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def _has(months: range, year: int) -> bool:
    return year * 12 in months and year * 12 + 11 in months


async def _rows(connection: AsyncConnection, keys: Sequence[int]) -> Sequence[Any]:
    which = (
        select(
            *(messages.c[name] for name in ("id", "conversation_id", "channel", "direction", "agent_id")),
            *(
                messages.c.text,
                messages.c.subject,
                messages.c.sent_at,
                conversations.c.customer_id,
                conversations.c.state,
            ),
            *(customers.c.name, customers.c.tier),
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
        .where(among(connection, messages.c.id, keys))
    )
    return (await connection.execute(which)).all() if keys else ()


def _talks(asked: Query, rows: Sequence[Any]) -> list[_Talk]:
    """Keep the best message of each conversation: ranked, then the newest first."""
    talks: dict[int, _Talk] = {}
    for row in rows:
        one = _Talk(row, closeness(asked, terms(words_of(row))))
        other = talks.get(row.conversation_id)
        if other is None:
            talks[row.conversation_id] = one
            continue
        better, worse = (one, other) if one.order > other.order else (other, one)
        better.more += worse.more + 1
        talks[row.conversation_id] = better
    return sorted(talks.values(), key=lambda talk: talk.order, reverse=True)


def _hit(asked: Query, talk: _Talk) -> Hit:
    row = talk.best
    return Hit(
        conversation_id=row.conversation_id,
        message_id=row.id,
        customer_id=row.customer_id,
        customer_name=row.name,
        tier=row.tier,
        channel=row.channel,
        direction=row.direction,
        agent_id=row.agent_id,
        state=row.state,
        at=row.sent_at,
        excerpt=excerpt(asked, words_of(row)),
        rank=talk.rank,
        more=talk.more,
    )


def excerpt(asked: Query, whole: str) -> list[Piece]:
    """Cut a text around the first hit and mark every hit in it; what is left out is an ellipsis."""
    spans = places(asked, list(parts(whole)))
    at = spans[0][0] if spans else 0
    start, end = max(0, at - BEFORE), min(len(whole), at + AFTER)
    pieces, place = [Piece(text="…")] if start else [], start
    for first, last in spans:
        if first >= end:
            break
        last = min(last, end)
        pieces += [Piece(text=whole[place:first])] if first > place else []
        pieces.append(Piece(text=whole[first:last], hit=True))
        place = last
    pieces += [Piece(text=whole[place:end])] if end > place else []
    return [*pieces, Piece(text="…")] if end < len(whole) else pieces


async def talks(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[int]:
    """Find conversations: of that number, the latest of customers who are found, those where it was said."""
    numbered = await _numbered(connection, words)
    who = await found_people.people(connection, words, limit=limit)
    latest = await found_people.latest_of(connection, [one.customer_id for one in who])
    said = await find(connection, words, limit=limit)
    keys = [*numbered, *(row.id for row in latest), *(hit.conversation_id for hit in said.hits)]
    return list(dict.fromkeys(keys))[:limit]


async def _numbered(connection: AsyncConnection, words: str) -> list[int]:
    digits = words.strip().lower().removeprefix(NUMBERED)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        return []
    which = select(conversations.c.id).where(conversations.c.id == int(digits))
    return list((await connection.execute(which)).scalars())
