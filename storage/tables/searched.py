"""What the search is still to read again; the indexes themselves are each database's own."""

from typing import Final

from sqlalchemy import BigInteger, Column, String, Table

from storage.tables.columns import metadata

INDEXES: Final = ("words_said", "words_names", "words_ways")
"""Of messages, of customers' names, of addresses. Made by the steps, unlike on each database."""

words_due = Table(  # rows that changed since they were read, written by triggers
    "words_due",
    metadata,
    Column("kind", String(16), primary_key=True),  # one of INDEXES
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)


def is_ours(name: str | None) -> bool:
    """Whether a table is one that both databases have alike: not an index of words, nor a part of one."""
    return not any(name == one or (name or "").startswith(f"{one}_") for one in INDEXES)
