"""What providers told us: the journal of hooks, and receipts that came early."""

from sqlalchemy import JSON, Column, Index, LargeBinary, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

hooks = Table(
    "hooks",
    metadata,
    key(),
    Column("channel", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("method", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    Index(
        "ix_hooks_unapplied",
        "id",
        **only("state <> 'applied'"),
    ),
)

early_receipts = Table(
    "early_receipts",
    metadata,
    key(),
    Column("channel", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_early_receipts_of", "channel", "external_id"),
)
