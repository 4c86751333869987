"""What the database keeps, asked in plain SQL by a stranger, and a log of steps that it writes by itself."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import asyncpg

MESSAGES = """
SELECT m.id, m.conversation_id, m.direction, m.channel, coalesce(m.external_id, ''), a.address, m.text,
       m.status, talk.address
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN addresses talk ON talk.id = c.address_id
LEFT JOIN addresses a ON a.id = m.address_id ORDER BY m.id
"""
DELIVERIES = "SELECT id, lane, message_id, state, coalesce(external_id, '') FROM deliveries ORDER BY id"
OPEN = "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'ready', 'sending', 'asking')"
OWED = """
SELECT count(*) FROM deliveries d WHERE d.state IN ('queued', 'ready', 'sending') AND NOT EXISTS (
  SELECT 1 FROM deliveries h
  WHERE h.lane = d.lane AND h.conversation_id = d.conversation_id AND h.state = 'asking')
"""
IN = "SELECT count(*) FROM messages WHERE direction = 'in'"
SPOILT = "SELECT count(*) FROM hooks WHERE state <> 'applied'"
TALK = """
SELECT c.id FROM conversations c JOIN addresses a ON a.id = c.address_id WHERE a.address = {}
ORDER BY c.id DESC LIMIT 1
"""
STATUSES = "SELECT message_id, before, after, at FROM torture_statuses ORDER BY seq"
HOLDINGS = """
SELECT name, owner_before, owner, epoch_before, epoch, until_before, until, at
FROM torture_leases ORDER BY seq
"""

ON_POSTGRES = """
CREATE TABLE torture_statuses (seq bigserial, message_id bigint, before text, after text, at float8);
CREATE FUNCTION torture_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO torture_statuses (message_id, before, after, at)
  VALUES (new.id, old.status, new.status, extract(epoch FROM clock_timestamp())); RETURN NULL; END $$;
CREATE TRIGGER torture_status AFTER UPDATE OF status ON messages FOR EACH ROW
  WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION torture_status();
CREATE TABLE torture_leases (seq bigserial, name text, owner_before text, owner text, epoch_before bigint,
  epoch bigint, until_before bigint, until bigint, at float8);
CREATE FUNCTION torture_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO torture_leases (name, owner_before, owner, epoch_before, epoch, until_before, until, at)
  VALUES (new.name, old.owner, new.owner, old.epoch, new.epoch, old.until, new.until,
          extract(epoch FROM clock_timestamp())); RETURN NULL; END $$;
"""
ON_LEASES = """
CREATE TRIGGER torture_lease AFTER UPDATE OF owner, epoch, until ON leases
  FOR EACH ROW EXECUTE FUNCTION torture_lease();
"""
ON_SQLITE = """
CREATE TABLE torture_statuses (seq INTEGER PRIMARY KEY, message_id, before, after, at);
CREATE TRIGGER torture_status AFTER UPDATE OF status ON messages WHEN old.status <> new.status BEGIN
  INSERT INTO torture_statuses (message_id, before, after, at)
  VALUES (new.id, old.status, new.status, (julianday('now') - 2440587.5) * 86400); END;
CREATE TABLE torture_leases (seq INTEGER PRIMARY KEY, name, owner_before, owner, epoch_before, epoch,
  until_before, until, at);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; *talk* is the address that its conversation is with."""

    id: int
    conversation: int
    direction: str
    channel: str
    external_id: str
    address: str | None
    text: str
    status: str
    talk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A message's status changed, *at* seconds of the epoch."""

    message: int
    before: str
    after: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A lease was taken, renewed or left *at* seconds of the epoch; *until* likewise."""

    name: str
    owner_before: str
    owner: str
    epoch_before: int
    epoch: int
    until_before: float
    until: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The database at one moment."""

    messages: list[Message] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    open: int = 0
    spoilt: int = 0


class Asked(Protocol):
    """A database that can be asked."""

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Answer a question; raises what the driver raises."""

    async def listen(self) -> None:
        """Let the database write every step down from now on; the tables are there."""

    async def conversation(self, address: str) -> int | None:
        """Find the newest conversation with *address*."""


class OnPostgres:
    """A PostgreSQL, asked directly: no wire of a node's stands between."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: Any = None

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self.url, timeout=5, command_timeout=30)
        return [tuple(row) for row in await self._connection.fetch(sql, *values)]

    async def listen(self) -> None:
        connection = await asyncpg.connect(self.url, timeout=5)
        await connection.execute(ON_POSTGRES)
        if await connection.fetchval("SELECT to_regclass('leases')") is not None:
            await connection.execute(ON_LEASES)
        await connection.close()

    async def conversation(self, address: str) -> int | None:
        try:
            # A connection of its own: agents ask side by side.
            connection = await asyncpg.connect(self.url, timeout=5)
            found = await connection.fetchval(TALK.format("$1"), address)
            await connection.close()
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ):
            return None
        return None if found is None else int(found)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


class OnSqlite:
    """A SQLite file beside the process that owns it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(sql, values).fetchall()

    async def listen(self) -> None:
        with sqlite3.connect(self.path, timeout=10) as connection:
            connection.executescript(ON_SQLITE)

    async def conversation(self, address: str) -> int | None:
        try:
            found = await self.rows(TALK.format("?"), address)
        except sqlite3.OperationalError:
            return None
        return int(found[0][0]) if found else None

    async def close(self) -> None:
        return None


async def kept(database: Asked) -> Kept:
    """Read all of it."""
    names = ("id", "conversation", "direction", "channel", "external_id", "address", "text", "status", "talk")
    messages = [Message(**dict(zip(names, row, strict=True))) for row in await database.rows(MESSAGES)]
    steps = [
        Step(message=row[0], before=row[1], after=row[2], at=row[3]) for row in await database.rows(STATUSES)
    ]
    holdings = [_holding(row) for row in await database.rows(HOLDINGS)]
    [(still_open,)] = await database.rows(OPEN)
    [(spoilt,)] = await database.rows(SPOILT)
    return Kept(messages=messages, steps=steps, holdings=holdings, open=still_open, spoilt=spoilt)


def _holding(row: tuple[Any, ...]) -> Holding:
    return Holding(
        name=row[0],
        owner_before=row[1],
        owner=row[2],
        epoch_before=row[3],
        epoch=row[4],
        until_before=row[5] / 1e6,
        until=row[6] / 1e6,
        at=row[7],
    )
