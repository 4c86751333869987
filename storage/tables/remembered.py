"""What the program remembers: what it saw before, and facts about itself."""

from sqlalchemy import JSON, Column, String, Table

from storage.instants import Instant
from storage.tables.columns import metadata

seen = Table(
    "seen",
    metadata,
    Column("scope", String(32), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)
