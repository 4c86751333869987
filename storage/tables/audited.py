"""What people did and saw, and what was erased: lines that are added and never changed."""

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table, Text

from storage.instants import Instant
from storage.tables.columns import key, metadata, only

audits = Table(  # triggers refuse UPDATE, and DELETE of what retention has not let go
    "audits",
    metadata,
    key(),
    Column("at", Instant, nullable=False),
    Column("who", String(12), nullable=False),  # agent, token, command, customer, house, unknown
    Column("agent_id", BigInteger),
    Column("name", String(64), nullable=False, server_default=""),  # an agent's key, an account's name
    Column("what", String(16), nullable=False),  # saw, changed, sent, exported, merged, ...
    Column("operation", String(32), nullable=False, server_default=""),  # a row of inbox.desk.roles
    Column("customer_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("face", String(12), nullable=False, server_default=""),  # browser, slack, api, command, link
    Column("ip", String(45), nullable=False, server_default=""),  # who comes to the desk; no customer's
    Column("detail", Text, nullable=False, server_default=""),  # names and counts, never words or values
    Column("once", String(96)),  # what is written once an hour only
    Index("uq_audits_once", "once", unique=True, **only("once IS NOT NULL")),
    Index("ix_audits_agent", "agent_id", "id", **only("agent_id IS NOT NULL")),
    Index("ix_audits_customer", "customer_id", "id", **only("customer_id IS NOT NULL")),
    Index("ix_audits_what", "what", "id"),
)

receipts = Table(  # what was erased, to be shown later
    "receipts",
    metadata,
    key(),
    Column("customer_id", BigInteger, nullable=False, index=True),  # a number whose facts are gone
    Column("at", Instant, nullable=False),
    Column("wish", String(64), nullable=False),  # by whose: the customer's, or an agent's key
    Column("counts", JSON, nullable=False),
    Column("digest", String(64), nullable=False),  # hex SHA-256 of all of the above
)
