"""What customers bought, and what else befell them outside of messages."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

orders = Table(
    "orders",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("number", Text, nullable=False, unique=True),  # the shop's
    Column("placed_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Column("returned_at", Instant),
    Column("cancelled_at", Instant),
    Column("total", BigInteger, nullable=False, server_default="0"),  # minor units: cents
    Column("currency", String(3), nullable=False, server_default=""),  # ISO 4217
    Column("summary", Text, nullable=False, server_default=""),
    Column("changed_at", Instant, nullable=False),
    Index("ix_orders_of", "customer_id", "placed_at", "cancelled_at"),  # all that habits are read from
    Index("ix_orders_delivered", "delivered_at", "id", **only("delivered_at IS NOT NULL")),
    Index("ix_orders_placed", "placed_at", "id"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True),
    Column("sku", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("quantity", Integer, nullable=False),
    Column("price", BigInteger, nullable=False),  # of one, in minor units
    Column("cost", BigInteger),
)

customer_events = Table(
    "customer_events",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("kind", String(32), nullable=False),  # rated, complained, complaint_ended, visited, ...
    Column("at", Instant, nullable=False),
    Column("ref", Text, nullable=False, server_default=""),  # an order's number, a conversation's key
    Column("data", JSON),
    Column("external_id", Text, unique=True),
    Index("ix_customer_events_of", "customer_id", "at"),
    Index("ix_customer_events_kind", "kind", "at", "id"),
)

api_answers = Table(  # what a call with an idempotency key was answered, to say the same again
    "api_answers",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("asked", String(64), nullable=False),  # a hash of the call
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)
