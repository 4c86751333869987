"""What stands in Slack, and where."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import metadata, only

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
        **only("state = 'asked'"),
    ),
)

slack_touches = Table(  # touches that an agent is asked to approve, and where
    "slack_touches",
    metadata,
    Column("touch_id", BigInteger, ForeignKey("touches.id"), primary_key=True, autoincrement=False),
    Column("slack_channel", String(32), nullable=False, server_default=""),
    Column("ts", String(32), nullable=False, server_default=""),  # empty until Slack has said it
    Column("said", String(64), nullable=False, server_default=""),  # a hash of what stands there
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant, index=True),  # nothing more becomes of the post
)

slack_digests = Table(  # the one post in which a team reads what waits too long, edited in place
    "slack_digests",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("slack_channel", String(32), nullable=False),
    Column("ts", String(32), nullable=False, server_default=""),
    Column("said", String(64), nullable=False, server_default=""),  # a hash of what stands there
    Column("at", Instant, nullable=False),
)
