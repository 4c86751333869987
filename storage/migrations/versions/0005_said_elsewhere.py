"""Said elsewhere: the subject of an e-mail, and what of a conversation was not written to or by us.

Both are plain columns with constant defaults, so that no table is made anew and the search's triggers
stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("subject", sa.Text(), server_default="", nullable=False))
    op.add_column("messages", sa.Column("nature", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("messages", "nature")
    op.drop_column("messages", "subject")
