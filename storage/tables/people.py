"""Who writes to us, how to reach them, and what they allow."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text, UniqueConstraint

from storage.instants import Instant
from storage.tables.columns import key, metadata

customers = Table(
    "customers",
    metadata,
    key(),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(35), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False, unique=True),
    Column("channel", String(64), nullable=False),
    Column("stopped_at", Instant),
    Column("stop_source", Text, nullable=False, server_default=""),
    Column("last_in_at", Instant),
    Column("created_at", Instant, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    key(),
    Column("address_id", BigInteger, ForeignKey("addresses.id"), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("word", String(8), nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("channel", "external_id"),
)
