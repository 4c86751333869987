"""The indexes of words on SQLite: FTS5 tables whose rowid is the key of what was read."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.terms import Query

Entry = tuple[int, Sequence[str], Sequence[str]]
"""A row's key, its terms in order, and its marks: what it can be narrowed by."""

KNOWN: Final = "SELECT 1 FROM {index}_content AS kept WHERE kept.id = {table}.id"
"""Says whether a row was read; the table behind the index is asked, for the index itself takes longer."""
LAST: Final = "SELECT id FROM {index}_content ORDER BY id DESC LIMIT 1"
FOUND: Final = """SELECT words_said.rowid FROM words_said CROSS JOIN messages
ON messages.id = words_said.rowid
WHERE words_said MATCH :asked AND words_said.rowid < :below AND messages.deleted_at IS NULL
AND messages.sent_at >= :since AND messages.sent_at < :until
ORDER BY words_said.rowid DESC LIMIT :most"""

RECENT: Final = ""
"""Nothing: FTS5 reads its rows from the newest on."""


async def put(connection: AsyncConnection, index: str, entries: Sequence[Entry]) -> None:
    """Write entries in the place of what was there."""
    columns, values = ("said, marks", ":said, :marks") if index == "words_said" else ("said", ":said")
    rows = [{"id": key, "said": " ".join(said), "marks": " ".join(marks)} for key, said, marks in entries]
    wanted = ("id", "said", "marks") if index == "words_said" else ("id", "said")
    statement = f"INSERT OR REPLACE INTO {index} (rowid, {columns}) VALUES (:id, {values})"  # noqa: S608
    await connection.execute(text(statement), [{name: row[name] for name in wanted} for row in rows])


def asked(query: Query, marks: Sequence[Sequence[str]]) -> str:
    """Write the search for messages: every phrase, and one mark of each group; only letters are quoted."""
    last = len(query.phrases) - 1
    phrases = [
        f'"{" ".join(phrase)}"{" *" if query.open and number == last else ""}'
        for number, phrase in enumerate(query.phrases)
    ]
    said = f"said : ({' AND '.join(phrases)})"
    groups = [f"marks : ({' OR '.join(group)})" for group in marks]
    return " AND ".join([said, *groups])


def begun(terms: Sequence[str]) -> str:
    """Write the search for names or addresses: each term may be the beginning of one."""
    return " AND ".join(f'"{term}" *' for term in terms)


STARTING: Final = "SELECT rowid FROM {index} WHERE {index} MATCH :asked ORDER BY rowid DESC LIMIT :most"
