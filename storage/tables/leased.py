"""Who owns which loop, where there are many nodes."""

from sqlalchemy import BigInteger, Column, String, Table, text

from storage.instants import Instant
from storage.tables.columns import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("owner", String(64), nullable=False, server_default=text("''")),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),  # grows with each owner
    Column("until", Instant, nullable=False, server_default=text("0")),  # by the database's clock
    # How far the owner has come in a stream of hooks: the sequence kept last, and of which stream.
    Column("place", BigInteger, nullable=False, server_default=text("0")),
    Column("stream", String(64), nullable=False, server_default=text("''")),
)
