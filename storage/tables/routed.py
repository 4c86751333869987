"""What was decided about each conversation: who should have it, how soon it is to be answered, and why."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

routed = Table(  # one row a conversation; it stands for the waiting that began at *since*
    "routed",
    metadata,
    Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id"), primary_key=True, autoincrement=False
    ),
    Column("since", Instant),  # the conversation's waiting_since that this was decided for
    Column("decided_at", Instant, nullable=False),
    Column("rule", String(64), nullable=False, server_default=""),  # the first rule that matched
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("tags", JSON),  # a list of words
    Column("skill", String(64), nullable=False, server_default=""),
    Column("reply", String(8), nullable=False, server_default=""),  # first or next: which target runs
    Column("reply_due_at", Instant),  # the promised answer time; none while we wait for the customer
    Column("warn_at", Instant),
    Column("resolve_due_at", Instant),
    Column("warned_at", Instant),
    Column("escalated_at", Instant),
    Column("resolve_told_at", Instant),  # the team was told that the matter takes too long
    Column("waits_for", BigInteger),  # an agent we wait for: the account manager who is back soon
    Column("waits_until", Instant),
    Column("assigned_at", Instant),  # to the owner of this moment
    Column("reasons", JSON),  # a list of {"step", "said"}: each step of the decision, in order
    Column("auto_replied_at", Instant),  # the rule's own answer, once a conversation
    Column("away_told_at", Instant),  # the out-of-hours answer, once an absence
    Column("safe_mode", Boolean, nullable=False, server_default="0"),  # typing never leaves by itself
    Index("ix_routed_due", "reply_due_at", **only("reply_due_at IS NOT NULL")),
    Index("ix_routed_warn", "warn_at", **only("warn_at IS NOT NULL")),
    Index("ix_routed_resolve", "resolve_due_at", **only("resolve_due_at IS NOT NULL")),
)

ratings = Table(  # how it was: asked when a matter was resolved
    "ratings",
    metadata,
    Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id"), primary_key=True, autoincrement=False
    ),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("agent_id", BigInteger, ForeignKey("agents.id")),
    Column("asked_at", Instant, nullable=False),
    Column("message_id", BigInteger),  # the question
    Column("rating", Integer),  # 1 to 5
    Column("words", Text, nullable=False, server_default=""),
    Column("answered_at", Instant),
    Index("ix_ratings_of", "customer_id", "asked_at"),
)

merges = Table(  # two customers who are one; undone within thirty days
    "merges",
    metadata,
    key(),
    Column("survivor_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("absorbed_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", BigInteger),
    Column("data", JSON, nullable=False),  # what moved, and what the survivor was before
    Index("ix_merges_survivor", "survivor_id"),
    Index("ix_merges_absorbed", "absorbed_id"),
)

looks = Table(  # who saw or changed what of a customer; never changed
    "looks",
    metadata,
    key(),
    Column("agent_id", BigInteger, ForeignKey("agents.id"), nullable=False),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String(24), nullable=False),  # seen, changed, merged, unmerged, exported
    Column("data", JSON),
    Index("ix_looks_of", "customer_id", "at"),
)
