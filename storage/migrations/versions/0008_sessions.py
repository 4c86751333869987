"""Sessions: their tokens change, so each has a name of its own, the token before, and when it was seen.

All are plain columns with constant defaults; a session from before goes on under its old token.
"""

import sqlalchemy as sa
from alembic import op

from storage.instants import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("mark", sa.String(length=64), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("role", sa.String(length=16), server_default="", nullable=False))
    op.add_column(
        "sessions", sa.Column("before_hash", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("sessions", sa.Column("before_until", Instant(), nullable=True))
    op.add_column("sessions", sa.Column("turned_at", Instant(), nullable=True))
    op.add_column("sessions", sa.Column("seen_at", Instant(), nullable=True))
    op.create_index(op.f("ix_sessions_before_hash"), "sessions", ["before_hash"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_before_hash"), table_name="sessions")
    for name in ("seen_at", "turned_at", "before_until", "before_hash", "role", "mark"):
        op.drop_column("sessions", name)
