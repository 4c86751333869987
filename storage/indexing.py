"""What the search knows is read here, a page at a time, shortly after it was kept.

New rows are those behind the last key that was read; as keys are made a little before they are committed,
a stretch before it is looked over again. Rows that changed were noted by triggers in `words_due`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Row, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import words_postgres, words_sqlite
from storage.among import among
from storage.ids import A_DAY
from storage.tables import addresses, customers, messages, words_due
from storage.tables.searched import INDEXES
from storage.terms import tails, terms
from storage.words_sqlite import Entry

OVER_AGAIN: Final = A_DAY // 2880  # thirty seconds of keys
SAID, NAMES, WAYS = INDEXES
BROWSERS: Final = "web:"
"""Addresses that stand for a browser: nobody looks for a part of one."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index of words: its name, the table that it reads, the columns, and how a row becomes terms."""

    name: str
    table: str
    columns: Sequence[Any]
    read: Callable[[Row[Any]], Entry]


@dataclass(frozen=True, slots=True)
class Due:
    """Rows to be read: of which index, and their keys."""

    index: Index
    keys: Sequence[int]


def dialect(connection: AsyncConnection) -> ModuleType:
    """Choose how the database writes and asks its indexes."""
    return words_sqlite if connection.dialect.name == "sqlite" else words_postgres


def marks(
    conversation_id: int, direction: str, channel: str, agent_id: int | None, at: datetime
) -> list[str]:
    """List what a message can be narrowed by: letters and digits only."""
    owner = [f"a{agent_id}"] if agent_id is not None else []
    at = at.astimezone(UTC)
    month = f"{at.year:04d}{at.month:02d}"
    return [
        *(f"k{conversation_id}", f"d{direction}", f"h{channel.encode().hex()}"),
        *(f"y{at.year:04d}", f"m{month}"),
        *owner,
    ]


def words_of(row: Any) -> str:
    """Give all the words of a message: what stands above it, and it."""
    return f"{row.subject}\n{row.text}" if row.subject else str(row.text)


def _said(row: Row[Any]) -> Entry:
    if row.deleted_at is not None:
        return row.id, (), ()
    found = marks(row.conversation_id, row.direction, row.channel, row.agent_id, row.sent_at)
    return row.id, terms(words_of(row)), found


def _name(row: Row[Any]) -> Entry:
    return row.id, () if row.erased_at is not None else tails(row.name), ()


def _way(row: Row[Any]) -> Entry:
    whole = row.address.startswith(BROWSERS)
    return row.id, terms(row.address) if whole else tails(row.address), ()


ALL: Final = (
    Index(
        SAID,
        "messages",
        [
            messages.c[name]
            for name in (
                *("id", "conversation_id", "direction", "channel", "agent_id"),
                *("sent_at", "text", "deleted_at", "subject"),
            )
        ],
        _said,
    ),
    Index(NAMES, "customers", [customers.c.id, customers.c.name, customers.c.erased_at], _name),
    Index(WAYS, "addresses", [addresses.c.id, addresses.c.address], _way),
)


async def last(connection: AsyncConnection, index: str) -> int:
    """Say the greatest key that an index knows, 0 while it knows none."""
    asked = dialect(connection).LAST.format(index=index)
    return (await connection.execute(text(asked))).scalar_one_or_none() or 0


async def due(connection: AsyncConnection, limit: int) -> Due | None:
    """Find what is to be read next, at most *limit* rows of one index; None where all is read."""
    for index in ALL:
        noted = select(words_due.c.id).where(words_due.c.kind == index.name).order_by(words_due.c.id)
        keys = list((await connection.execute(noted.limit(limit))).scalars())
        keys = keys or await _new(connection, index, limit)
        if keys:
            return Due(index, keys)
    return None


async def _new(connection: AsyncConnection, index: Index, limit: int) -> list[int]:
    known = dialect(connection).KNOWN.format(index=index.name, table=index.table)
    asked = (
        f"SELECT id FROM {index.table} WHERE id > :after AND NOT EXISTS ({known}) "  # noqa: S608
        "ORDER BY id LIMIT :most"
    )
    end = await last(connection, index.name)
    for after in (end, max(0, end - OVER_AGAIN)):  # back only where nothing is ahead: a burst is not slowed
        found = await connection.execute(text(asked), {"after": after, "most": limit})
        if keys := list(found.scalars()):
            return keys
    return []


async def read(connection: AsyncConnection, found: Due) -> int:
    """Read the rows *found* as they are now; says how many."""
    index = found.index
    key = index.columns[0]
    rows = (await connection.execute(select(*index.columns).where(among(connection, key, found.keys)))).all()
    if rows:
        await dialect(connection).put(connection, index.name, [index.read(row) for row in rows])
    noted = delete(words_due).where(words_due.c.kind == index.name)
    await connection.execute(noted.where(among(connection, words_due.c.id, found.keys)))
    return len(rows)


async def read_all(connection: AsyncConnection, limit: int = 500) -> int:
    """Read all there is in one transaction, for tests and for small houses; says how many rows."""
    total = 0
    while (found := await due(connection, limit)) is not None:
        total += await read(connection, found)
    return total
