"""Who writes to us, what we know of them, how to reach them, and what they allow."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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

customers = Table(
    "customers",
    metadata,
    key(),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(35), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),  # told by the customer or an agent
    Column("tier", String(16), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("ref", Text),  # the shop's own number for them
    Column("device_zone", String(64), nullable=False, server_default=""),  # seen at their browser
    Column("country", String(2), nullable=False, server_default=""),  # ISO 3166-1
    Column("region", String(8), nullable=False, server_default=""),  # ISO 3166-2, like US-FL
    Column("tags", JSON),  # a list of words
    Column("account_manager", String(64), nullable=False, server_default=""),  # an agent's key
    Column("preferred_channel", String(64), nullable=False, server_default=""),
    Column("quiet_from", Integer),  # minutes of their day between which they want nothing
    Column("quiet_until", Integer),
    Column("birth_month", Integer),
    Column("birth_day", Integer),
    Column("birth_year", Integer),
    Column("birthday_at", Instant),  # when we were last told it
    Column("birthday_in_bulk", Boolean, nullable=False, server_default="0"),
    Column("birthday_fault", String(32), nullable=False, server_default=""),  # a reason: quarantined
    Column("feb29", String(8), nullable=False, server_default=""),  # feb28 or mar1; else the account's
    Column("deceased_at", Instant),
    Column("erased_at", Instant),
    Column("merged_into", BigInteger),
    Index("uq_customers_ref", "ref", unique=True),
    Index("ix_customers_merged", "merged_into", **only("merged_into IS NOT NULL")),
    Index("ix_customers_birthday", "birth_month", "birth_day", "id", **only("birth_day IS NOT NULL")),
)

addresses = Table(
    "addresses",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False, unique=True),
    Column("channel", String(64), nullable=False),
    Column("stopped_at", Instant),
    Column("stop_source", Text, nullable=False, server_default=""),
    Column("last_in_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),  # it cannot be reached: blocked, no such number
    Column("closed_until", Instant),  # it opens again then; none is for good
    Column("closed_reason", String(48), nullable=False, server_default=""),
)

consents = Table(  # what was said about consent, word by word; never changed
    "consents",
    metadata,
    key(),
    Column("address_id", BigInteger, ForeignKey("addresses.id"), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("word", String(8), nullable=False),  # stop, start, help; yes, no for one subject
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", String(32), nullable=False, server_default=""),
    Column("wording", Text, nullable=False, server_default=""),  # what the customer read or wrote
    Column("proof", Text, nullable=False, server_default=""),
    Column("agent_id", BigInteger),
    Column("review", Boolean, nullable=False, server_default="0"),  # an agent should look
    UniqueConstraint("channel", "external_id"),
)

allowances = Table(  # what holds today: the last word about each subject at each address
    "allowances",
    metadata,
    Column("address_id", BigInteger, ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
    Column("subject", String(32), primary_key=True),  # "marketing" stands for every subject of its kind
    Column("allowed", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("consent_id", BigInteger),
)

holds = Table(  # why nothing is to be sent to a customer for now
    "holds",
    metadata,
    key(),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # complaint, agent
    Column("since", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id")),
    Column("agent_id", BigInteger, ForeignKey("agents.id")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Index("ix_holds_of", "customer_id", "id"),
)
