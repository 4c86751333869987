"""Those of us who answer, what they have begun to write, and how they are let in."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table, Text, text

from storage.instants import Instant
from storage.tables.columns import key, metadata

agents = Table(
    "agents",
    metadata,
    key(),
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
    Column("away_until", Instant),  # when they are back; none while away: they say so themselves
    Column("away_why", Text, nullable=False, server_default=""),
    Column("away_by", String(16), nullable=False, server_default=""),  # agent, presence, hours
    Column("language", String(35), nullable=False, server_default=""),  # of what the desk says to them
    Column("safe_mode", Boolean, nullable=False, server_default="0"),  # their typing never leaves by itself
    Column("digest", Boolean, nullable=False, server_default="1"),  # they want their week in a message
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
    Column("mark", String(64), nullable=False, server_default=""),  # its name: it outlives its tokens
    Column("role", String(16), nullable=False, server_default=""),  # the agent's, when the token was made
    Column("before_hash", String(64), nullable=False, server_default="", index=True),
    Column("before_until", Instant),  # none until the new token was shown
    Column("turned_at", Instant),
    Column("seen_at", Instant),
)
