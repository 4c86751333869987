"""What is owed to customers and to the desk."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

deliveries = Table(
    "deliveries",
    metadata,
    key(),
    Column("lane", String(80), nullable=False),  # a channel's name, or "slack"
    Column("kind", String(16), nullable=False),  # message, edit, delete; the desk has its own
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column("message_id", BigInteger, ForeignKey("messages.id")),
    Column("attachment_id", BigInteger, ForeignKey("attachments.id")),
    Column("key", Text, nullable=False, unique=True),
    Column("part", Integer, nullable=False, server_default="0"),
    Column("text", Text, nullable=False, server_default=""),
    Column("data", JSON),
    Column("rank", Integer, nullable=False, server_default="0"),  # replies 0, bulk 10
    Column("state", String(16), nullable=False),  # see storage.statuses
    Column("owed_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("external_id", Text),
    Column("segments", Integer, nullable=False, server_default="1"),
    Column("code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("ended_at", Instant),
    Index(
        "ix_deliveries_due",
        "lane",
        "due_at",
        **only("state = 'ready'"),
    ),
    Index(  # in the order in which they are claimed, so that who takes a few of many reads only those
        "ix_deliveries_turn",
        "lane",
        "rank",
        "due_at",
        "id",
        **only("state = 'ready'"),
    ),
    Index(
        "ix_deliveries_open",
        "lane",
        "conversation_id",
        "id",
        **only("state IN ('queued', 'ready', 'sending', 'asking')"),
    ),
    Index(
        "ix_deliveries_stuck",
        "id",
        **only("state IN ('failed', 'perhaps')"),
    ),
    Index("ix_deliveries_external", "lane", "external_id"),
    Index("ix_deliveries_message", "message_id"),
)
