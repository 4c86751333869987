"""The indexes of words on PostgreSQL: a tsvector a row, written term by term, behind GIN.

No configuration of text search is asked: the terms are those of `storage.terms`, as on SQLite. A mark
stands among them with a sign before it that no term has.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.terms import Query
from storage.words_sqlite import Entry

KNOWN: Final = "SELECT 1 FROM {index} AS kept WHERE kept.id = {table}.id"
LAST: Final = "SELECT id FROM {index} ORDER BY id DESC LIMIT 1"
FOUND: Final = """SELECT words_said.id FROM words_said JOIN messages ON messages.id = words_said.id
WHERE words_said.terms @@ CAST(CAST(:asked AS text) AS tsquery) AND words_said.id < :below
AND messages.deleted_at IS NULL AND messages.sent_at >= :since AND messages.sent_at < :until
ORDER BY words_said.id DESC LIMIT :most"""
RECENT: Final = """SELECT latest.id FROM (SELECT id, terms FROM words_said WHERE id < :below
ORDER BY id DESC LIMIT 8000) AS latest JOIN messages ON messages.id = latest.id
WHERE latest.terms @@ CAST(CAST(:asked AS text) AS tsquery)
AND messages.deleted_at IS NULL AND messages.sent_at >= :since AND messages.sent_at < :until
ORDER BY latest.id DESC LIMIT :most"""
"""Looks through the latest rows, for of a common word GIN would fetch every row before it sorts them."""
STARTING: Final = """SELECT id FROM {index} WHERE terms @@ CAST(CAST(:asked AS text) AS tsquery)
ORDER BY id DESC LIMIT :most"""


async def put(connection: AsyncConnection, index: str, entries: Sequence[Entry]) -> None:
    """Write entries in the place of what was there."""
    statement = (
        f"INSERT INTO {index} (id, terms) VALUES (:id, CAST(CAST(:terms AS text) AS tsvector)) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET terms = excluded.terms"
    )
    await connection.execute(
        text(statement), [{"id": key, "terms": _vector(said, marks)} for key, said, marks in entries]
    )


def _vector(said: Sequence[str], marks: Sequence[str]) -> str:
    placed = [f"'{term}':{place}" for place, term in enumerate(said, 1)]
    return " ".join([*placed, *(f"'={mark}'" for mark in marks)])


def asked(query: Query, marks: Sequence[Sequence[str]]) -> str:
    """Write the search for messages: every phrase, and one mark of each group."""
    last = len(query.phrases) - 1
    phrases = [
        " <-> ".join(f"'{term}'" for term in phrase) + (":*" if query.open and number == last else "")
        for number, phrase in enumerate(query.phrases)
    ]
    groups = [" | ".join(f"'={mark}'" for mark in group) for group in marks]
    return " & ".join(f"({one})" for one in (*phrases, *groups))


def begun(terms: Sequence[str]) -> str:
    """Write the search for names or addresses: each term may be the beginning of one."""
    return " & ".join(f"'{term}':*" for term in terms)
