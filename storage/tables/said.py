"""What was said, in which conversation, and what happened to it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

WAITING = "state = 'open' AND waiting_since IS NOT NULL"
ANSWERED = "state = 'open' AND waiting_since IS NULL"
ASIDE = "state = 'snoozed'"

conversations = Table(
    "conversations",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address_id", BigInteger, ForeignKey("addresses.id"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("owner_id", BigInteger, ForeignKey("agents.id")),
    Column("state", String(16), nullable=False),  # open, snoozed, resolved
    Column("previous_id", BigInteger, ForeignKey("conversations.id")),
    Column("opened_at", Instant, nullable=False),
    Column("waiting_since", Instant),  # the customer's first words that nobody has answered
    Column("last_in_at", Instant),
    Column("last_at", Instant, nullable=False),
    Column("last_text", Text, nullable=False, server_default=""),
    Column("last_direction", String(8), nullable=False, server_default="in"),
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("snoozed_until", Instant),
    Column("resolved_at", Instant),
    Column("resolve_reason", Text, nullable=False, server_default=""),
    Column("revision", BigInteger, nullable=False, server_default="1"),
    Column("merged_into", BigInteger),  # the conversation that it goes on in; then it is resolved
    Index(
        "uq_conversations_going_on",
        "customer_id",
        unique=True,
        **only("state <> 'resolved'"),
    ),
    # Who waits stands by since when, which their further words do not change; the rest by the last
    # words, in indexes that a message of somebody who waits need not touch.
    Index("ix_conversations_queue", "state", "owner_id", "waiting_since"),
    Index("ix_conversations_team", "state", "team", "waiting_since"),
    Index("ix_conversations_resolved", "resolved_at", "id", **only("state = 'resolved'")),
    Index("ix_conversations_waiting", "state", "waiting_since", **only(WAITING)),
    Index("ix_conversations_answered", "state", "last_at", **only(ANSWERED)),
    Index("ix_conversations_answered_mine", "state", "owner_id", "last_at", **only(ANSWERED)),
    Index("ix_conversations_answered_team", "state", "team", "last_at", **only(ANSWERED)),
    Index("ix_conversations_aside", "state", "last_at", **only(ASIDE)),
    Index("ix_conversations_aside_mine", "state", "owner_id", "last_at", **only(ASIDE)),
    Index("ix_conversations_aside_team", "state", "team", "last_at", **only(ASIDE)),
)

messages = Table(
    "messages",
    metadata,
    key(),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column("direction", String(8), nullable=False),  # in, out, note
    Column("channel", String(64), nullable=False),
    Column("external_id", Text),  # the provider's, for what came in; ours, unique, for the rest
    Column("address_id", BigInteger, ForeignKey("addresses.id")),
    Column("agent_id", BigInteger, ForeignKey("agents.id")),
    Column("sender_name", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("sent_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reply_to", Text, nullable=False, server_default=""),
    Column("album", Text, nullable=False, server_default=""),
    Column("edited_at", Instant),
    Column("text_before", Text, nullable=False, server_default=""),
    Column("edit_only", Boolean, nullable=False, server_default=text("false")),  # its original may yet come
    Column("deleted_at", Instant),
    Column("reaction", Text, nullable=False, server_default=""),
    Column("status", String(16), nullable=False, server_default=""),  # see storage.statuses
    Column("status_at", Instant),
    Column("reason", Text, nullable=False, server_default=""),
    Column("hook_id", BigInteger),
    Column("subject", Text, nullable=False, server_default=""),  # what stands above an e-mail
    Column("nature", String(8), nullable=False, server_default=""),  # call, or echo: left by another tool
    UniqueConstraint("channel", "external_id"),
    Index("ix_messages_log", "conversation_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    key(),
    Column("message_id", BigInteger, ForeignKey("messages.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("ref", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("content_type", Text, nullable=False, server_default=""),
    Column("size", BigInteger),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("state", String(16), nullable=False),  # owed, kept, refused
    Column("reason", Text, nullable=False, server_default=""),
    Column("path", Text, nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant),
    Index(
        "ix_attachments_owed",
        "due_at",
        **only("state = 'owed'"),
    ),
)

happenings = Table(
    "happenings",
    metadata,
    key(),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column(
        "kind", String(24), nullable=False
    ),  # opened, assigned, taken, handed_over, snoozed, woken, resolved, reopened, stopped ...
    Column("agent_id", BigInteger, ForeignKey("agents.id")),
    Column("at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_happenings_log", "conversation_id", "id"),
)
