"""Ten million messages in a SQLite file within minutes: rows made by SQLite itself, indexes built after."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from storage import agents, migrate, sessions
from storage.database import Database
from storage.ids import first_at
from storage.instants import to_micros

TALK = 8  # messages of a conversation
SPAN = timedelta(days=730)
OPEN = 2_500  # one conversation in so many goes on; the rest are resolved
TABLES = ("customers", "addresses", "conversations", "messages", "deliveries")
FAST = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000", "foreign_keys = OFF")

# Who has which address is scattered, so that the customers of a load lie all over the tables.
ROWS = (
    """INSERT INTO customers (id, name, language, zone, tier, created_at)
SELECT i, 'Customer ' || i, 'en', '', 'iron', {begin} FROM n""",
    """INSERT INTO addresses (id, customer_id, address, channel, created_at, last_in_at)
SELECT i, i, 'telegram:' || (7000000 + (i * 7919) % {people}), 'telegram', {begin}, {begin} FROM n""",
    """INSERT INTO conversations (id, customer_id, address_id, channel, team, state, opened_at, waiting_since,
  last_in_at, last_at, last_text, last_direction, resolved_at, owner_id)
SELECT i, i, i, 'telegram', 'support', CASE i % {open} WHEN 0 THEN 'open' ELSE 'resolved' END, {begin},
  CASE i % {open} WHEN 0 THEN {begin} + i * {each} END, {begin} + i * {each}, {begin} + i * {each},
  'Where is my order ' || i || '?', 'in', CASE i % {open} WHEN 0 THEN NULL ELSE {begin} + i * {each} END,
  {agent}
FROM n""",
)
SAID = """INSERT INTO messages (id, conversation_id, direction, channel, external_id, address_id, agent_id,
  text, sent_at, received_at, status)
SELECT {first} + i * {step}, 1 + i % {people}, CASE i / {people} % 3 WHEN 1 THEN 'out' ELSE 'in' END,
  'telegram', (7000000 + ((1 + i % {people}) * 7919) % {people}) || ':' || i, 1 + i % {people},
  CASE i / {people} % 3 WHEN 1 THEN {agent} END, 'Where is my parcel ' || i || '? It should be here.',
  {begin} + i * {gap}, {begin} + i * {gap}, CASE i / {people} % 3 WHEN 1 THEN 'sent' ELSE '' END FROM n"""
SENT = """INSERT INTO deliveries (id, lane, kind, conversation_id, message_id, key, text, state,
  owed_at, due_at, tries, external_id, ended_at)
SELECT id, 'telegram', 'message', conversation_id, id, 'key ' || id, text, 'sent', sent_at, sent_at, 1,
  external_id, sent_at FROM messages WHERE direction = 'out'"""
COUNTED = "WITH RECURSIVE n(i) AS (SELECT {least} UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "


async def fill(folder: Path, count: int) -> str:
    """Make *count* messages in tidings.db of *folder*; returns the session of an agent."""
    database = Database(f"sqlite:///{folder}/tidings.db")
    await database.open()
    await migrate.upgrade(database)
    now = datetime.now(UTC)
    async with database.writing() as connection:
        entry = {"key": "a0", "name": "Agent 0", "role": "admin", "teams": ["support"]}
        await agents.sync(connection, database.ids, [entry], now)
        agent = await agents.by_key(connection, "a0")
        assert agent is not None
        token = await sessions.begin(connection, agent.id, now=now)
    await database.close()
    _write(folder / "tidings.db", count, agent.id, now - SPAN)
    return token


def _write(path: Path, count: int, agent: int, begin: datetime) -> None:
    people = count // TALK
    first, last = first_at(begin), first_at(begin + SPAN - timedelta(minutes=5))
    told = {
        "people": people,
        "open": OPEN,
        "agent": agent,
        "begin": to_micros(begin),
        "each": int(SPAN.total_seconds() * 1_000_000) // (people + 1),
        "gap": int(SPAN.total_seconds() * 1_000_000) // (count + 1),
        "first": first,
        "step": (last - first) // count,
    }
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in FAST:
        connection.execute(f"PRAGMA {pragma}")
    marks = ", ".join("?" * len(TABLES))
    which = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    indexes = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE {which}", TABLES).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for statement in ROWS:
        connection.execute(COUNTED.format(least=1, most=people) + statement.format(**told))
    connection.execute(COUNTED.format(least=0, most=count - 1) + SAID.format(**told))
    connection.execute(SENT)
    for _, made in indexes:
        connection.execute(made)
    _all_known(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _all_known(connection: sqlite3.Connection) -> None:
    """Say that the loops have read it all: the search and who listens go on from the last row."""
    for table, index in (
        ("messages", "words_said"),
        ("customers", "words_names"),
        ("addresses", "words_ways"),
    ):
        connection.execute(f"INSERT INTO {index} (rowid, said) SELECT max(id), 'known' FROM {table}")
    [last] = connection.execute("SELECT max(id) FROM messages").fetchone()
    told = {"touches.heard_to": {"to": last, "end": True}, "joins.heard_to": last}
    rows = [(name, orjson.dumps(value).decode()) for name, value in told.items()]
    connection.executemany("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", rows)


def seconds_to(began: float) -> str:
    """Say how long it took since *began*."""
    return f"{time.perf_counter() - began:.0f} s"
