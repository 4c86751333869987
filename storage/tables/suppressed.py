"""What is left of those who were erased: that they are not to be written to, unreadable."""

from sqlalchemy import Column, String, Table

from storage.instants import Instant
from storage.tables.columns import metadata

suppressed = Table(
    "suppressed",
    metadata,
    Column("mark", String(64), primary_key=True),  # a keyed hash of an address or of the shop's number
    Column("reason", String(16), nullable=False),  # erased, stopped
    Column("at", Instant, nullable=False),
)
