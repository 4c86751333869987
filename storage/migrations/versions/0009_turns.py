"""Deliveries: the heads of a lane in the order in which they are claimed.

Who claims a few of very many, as on a morning of birthdays, read and sorted all of them each time. The index
holds only what is ready. PostgreSQL reads the table once to make it, half a second for a million rows, and
writers wait for that long.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

READY = sa.text("state = 'ready'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_turn",
        "deliveries",
        ["lane", "rank", "due_at", "id"],
        unique=False,
        sqlite_where=READY,
        postgresql_where=READY,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_turn", table_name="deliveries")
