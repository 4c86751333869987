"""What we said we would do, what we say often, and what is to be said later."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

promises = Table(
    "promises",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column("message_id", BigInteger),  # where it was said, if it was said to the customer
    Column("owner_id", BigInteger, ForeignKey("agents.id"), nullable=False),  # who keeps it
    Column("made_by", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),  # open, kept, broken, withdrawn
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", BigInteger),
    Column("missed_at", Instant),  # the due time that had passed when it was put off: it is late for good
    Column("follows", Boolean, nullable=False, server_default="0"),  # to whoever has the conversation next
    Column("told_before_at", Instant),  # the reminder before it was due
    Column("told_due_at", Instant),  # the reminder when it was due
    Column("told_lead_at", Instant),  # the lead was told that it is late
    Column("key", String(128), unique=True),  # the gesture it was made by
    Index("ix_promises_open", "due_at", "id", **only("state = 'open'")),
    Index("ix_promises_of_customer", "customer_id", "id"),
    Index("ix_promises_of_conversation", "conversation_id", "id"),
    Index("ix_promises_of_owner", "owner_id", "state", "due_at"),
)

saved_replies = Table(  # those made at the desk; those of the configuration stand there
    "saved_replies",
    metadata,
    key(),
    Column("key", String(64), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("texts", JSON, nullable=False),  # by language
    Column("then", JSON, nullable=False),  # what else it does: {"tags", "assign", "snooze", "resolve"}
    Column("teams", JSON),  # whose it is; none: everybody's
    Column("made_by", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

laters = Table(  # what an agent wrote to be sent at a time to come
    "laters",
    metadata,
    key(),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id"), nullable=False),
    Column("address_id", BigInteger, ForeignKey("addresses.id"), nullable=False),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSON),
    Column("at", Instant, nullable=False),
    Column("if_they_write", String(8), nullable=False),  # stop or send
    Column("state", String(12), nullable=False),  # waiting, sent, cancelled, stopped, refused
    Column("reason", Text, nullable=False, server_default=""),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", BigInteger),
    Column("message_id", BigInteger),  # what it became
    Column("key", String(128), unique=True),  # the gesture it was made by
    Index("ix_laters_due", "at", "id", **only("state = 'waiting'")),
    Index("ix_laters_of", "conversation_id", "id"),
)

pins = Table(  # notes that stand on a customer, whatever the conversation
    "pins",
    metadata,
    Column("message_id", BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False, index=True),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
)
