"""Touches: what we begin, once for each occasion."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

touches = Table(
    "touches",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("kind", String(64), nullable=False),  # a touch's key in touches.toml, or a one-off's
    Column("period", Text, nullable=False),  # 2027, order A1, conversation 7: what makes it one occasion
    Column("state", String(16), nullable=False),  # see storage.touch_states
    Column("reason", String(64), nullable=False, server_default=""),  # a word of routing.reasons
    Column("due_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("day", String(10), nullable=False),  # the customer's own day of due_at, 2027-03-01
    Column("clock", String(5), nullable=False),  # the customer's own clock at due_at, 10:00
    Column("zone", String(64), nullable=False),
    Column("zone_source", String(16), nullable=False),
    Column("anchor_at", Instant),
    Column("anchor_ref", Text, nullable=False, server_default=""),
    Column("address_id", BigInteger, ForeignKey("addresses.id")),
    Column("channel", String(64), nullable=False, server_default=""),
    Column("why", String(32), nullable=False, server_default=""),  # why this channel
    Column("language", String(35), nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("tried", JSON),  # keys of addresses that definitely failed
    Column("approval", String(16), nullable=False, server_default=""),  # asked, given, refused
    Column("agent_id", BigInteger),  # who approved, held or edited it
    Column("message_id", BigInteger, ForeignKey("messages.id")),
    Column("handed_at", Instant),
    Column("ended_at", Instant),
    Column("counts", Integer, nullable=False, server_default="1"),  # 1 if caps count it
    Column("revision", Integer, nullable=False, server_default="1"),
    UniqueConstraint("customer_id", "kind", "period"),
    Index("ix_touches_due", "due_at", "id", **only("state IN ('planned', 'deferred', 'held')")),
    Index("ix_touches_next", "valid_until", "id", **only("state IN ('planned', 'deferred', 'held')")),
    Index("ix_touches_out", "id", **only("state IN ('handed_off', 'unknown')")),
    Index("ix_touches_day", "day", "kind"),
    Index("ix_touches_handed", "customer_id", "handed_at", **only("handed_at IS NOT NULL")),
    Index("ix_touches_quota", "channel", "handed_at", **only("handed_at IS NOT NULL")),
    Index("ix_touches_message", "message_id", **only("message_id IS NOT NULL")),
)

touch_log = Table(  # every step of every touch, with its reason
    "touch_log",
    metadata,
    key(),
    Column("touch_id", BigInteger, ForeignKey("touches.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64), nullable=False, server_default=""),
    Column("data", JSON),
    Index("ix_touch_log_of", "touch_id", "id"),
)

one_offs = Table(  # touches made once, in the browser, at the command line or over the API
    "one_offs",
    metadata,
    key(),
    Column("name", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),  # draft, approved, stopped, done
    Column("definition", JSON, nullable=False),  # as in touches.toml
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    Column("planned_to", BigInteger, nullable=False, server_default="0"),  # the last customer planned
)
