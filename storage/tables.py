"""Every table, once."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.instants import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# On SQLite only INTEGER makes the key the row's own place; BIGINT would be one more index to write.
Key = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    """A key made by `storage.ids`, growing with time, so that order of keys is order of arrival."""
    return Column("id", Key, primary_key=True, autoincrement=False)


WAITING = "state = 'open' AND waiting_since IS NOT NULL"
ANSWERED = "state = 'open' AND waiting_since IS NULL"
ASIDE = "state = 'snoozed'"


def _only(condition: str) -> dict[str, Any]:
    """Make an index of the rows where *condition* holds, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


hooks = Table(
    "hooks",
    metadata,
    _id(),
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
        **_only("state <> 'applied'"),
    ),
)

customers = Table(
    "customers",
    metadata,
    _id(),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(35), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
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
    _id(),
    Column("address_id", BigInteger, ForeignKey("addresses.id"), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("word", String(8), nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("channel", "external_id"),
)

agents = Table(
    "agents",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, server_default=""),
    Column("slack_id", String(32), nullable=False, server_default=""),
    Column("role", String(16), nullable=False, server_default="agent"),
    Column("teams", JSON, nullable=False),
    Column("zone", String(64), nullable=False, server_default="UTC"),
    Column("theme", String(8), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("available", Boolean, nullable=False, server_default=text("true")),
    Column("idle_since", Instant),
    Column("created_at", Instant, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    _id(),
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
    Index(
        "uq_conversations_going_on",
        "customer_id",
        unique=True,
        **_only("state <> 'resolved'"),
    ),
    # Who waits stands by since when, which their further words do not change; the rest by the last
    # words, in indexes that a message of somebody who waits need not touch.
    Index("ix_conversations_queue", "state", "owner_id", "waiting_since"),
    Index("ix_conversations_team", "state", "team", "waiting_since"),
    Index("ix_conversations_waiting", "state", "waiting_since", **_only(WAITING)),
    Index("ix_conversations_answered", "state", "last_at", **_only(ANSWERED)),
    Index("ix_conversations_answered_mine", "state", "owner_id", "last_at", **_only(ANSWERED)),
    Index("ix_conversations_answered_team", "state", "team", "last_at", **_only(ANSWERED)),
    Index("ix_conversations_aside", "state", "last_at", **_only(ASIDE)),
    Index("ix_conversations_aside_mine", "state", "owner_id", "last_at", **_only(ASIDE)),
    Index("ix_conversations_aside_team", "state", "team", "last_at", **_only(ASIDE)),
)

messages = Table(
    "messages",
    metadata,
    _id(),
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
    UniqueConstraint("channel", "external_id"),
    Index("ix_messages_log", "conversation_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    _id(),
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
        **_only("state = 'owed'"),
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
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
        **_only("state = 'ready'"),
    ),
    Index(
        "ix_deliveries_open",
        "lane",
        "conversation_id",
        "id",
        **_only("state IN ('queued', 'ready', 'sending', 'asking')"),
    ),
    Index(
        "ix_deliveries_stuck",
        "id",
        **_only("state IN ('failed', 'perhaps')"),
    ),
    Index("ix_deliveries_external", "lane", "external_id"),
    Index("ix_deliveries_message", "message_id"),
)

early_receipts = Table(
    "early_receipts",
    metadata,
    _id(),
    Column("channel", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_early_receipts_of", "channel", "external_id"),
)

happenings = Table(
    "happenings",
    metadata,
    _id(),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column(
        "kind", String(24), nullable=False
    ),  # opened, assigned, taken, handed_over, snoozed, woken, resolved, reopened, stopped ...
    Column("agent_id", BigInteger, ForeignKey("agents.id")),
    Column("at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_happenings_log", "conversation_id", "id"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("agent_id", BigInteger, ForeignKey("agents.id"), primary_key=True, autoincrement=False),
    Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id"), primary_key=True, autoincrement=False
    ),
    Column("mode", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

slack_threads = Table(
    "slack_threads",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("slack_channel", String(32), primary_key=True),
    Column("root_ts", String(32), primary_key=True),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("current", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("posted_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("mentioned_at", Instant),
)

slack_posts = Table(  # messages that waited together share one post of ours
    "slack_posts",
    metadata,
    Column("slack_channel", String(32), primary_key=True),
    Column("ts", String(32), primary_key=True),
    Column("message_id", BigInteger, ForeignKey("messages.id"), primary_key=True, index=True),
    Column("thread_ts", String(32), nullable=False),
    Column("by_agent", Boolean, nullable=False),
    Column("mark", String(16), nullable=False, server_default=""),
)

slack_asks = Table(  # what an agent wrote and was asked about before anything is sent
    "slack_asks",
    metadata,
    Column("slack_channel", String(32), primary_key=True),
    Column("ts", String(32), primary_key=True),
    Column("thread_ts", String(32), nullable=False),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("sendable", Boolean, nullable=False),
    Column("said", JSON, nullable=False),
    Column("state", String(16), nullable=False),  # asked, told, sent, noted, withdrawn
    Column("asked_at", Instant, nullable=False),
    Index(
        "ix_slack_asks_unanswered",
        "asked_at",
        **_only("state = 'asked'"),
    ),
)

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
