"""Desk whole."""

import sqlalchemy as sa
from alembic import op

import storage.instants

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_digests",
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("slack_channel", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), server_default="", nullable=False),
        sa.Column("said", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_slack_digests")),
    )
    op.create_table(
        "looks",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_looks_agent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_looks_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.create_index("ix_looks_of", ["customer_id", "at"], unique=False)

    op.create_table(
        "merges",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("absorbed_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("undone_at", storage.instants.Instant(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["absorbed_id"], ["customers.id"], name=op.f("fk_merges_absorbed_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_merges_agent_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["customers.id"], name=op.f("fk_merges_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index("ix_merges_absorbed", ["absorbed_id"], unique=False)
        batch_op.create_index("ix_merges_survivor", ["survivor_id"], unique=False)

    op.create_table(
        "saved_replies",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("then", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", storage.instants.Instant(), nullable=False),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["agents.id"], name=op.f("fk_saved_replies_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_replies_key")),
    )
    op.create_table(
        "laters",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=True),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("if_they_write", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", storage.instants.Instant(), nullable=False),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_laters_address_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_laters_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_laters_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laters")),
        sa.UniqueConstraint("key", name=op.f("uq_laters_key")),
    )
    with op.batch_alter_table("laters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_laters_due",
            ["at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("ix_laters_of", ["conversation_id", "id"], unique=False)

    op.create_table(
        "promises",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", storage.instants.Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", storage.instants.Instant(), nullable=False),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("missed_at", storage.instants.Instant(), nullable=True),
        sa.Column("follows", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("told_before_at", storage.instants.Instant(), nullable=True),
        sa.Column("told_due_at", storage.instants.Instant(), nullable=True),
        sa.Column("told_lead_at", storage.instants.Instant(), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_promises_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_promises_customer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["agents.id"], name=op.f("fk_promises_made_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["agents.id"], name=op.f("fk_promises_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sa.UniqueConstraint("key", name=op.f("uq_promises_key")),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.create_index("ix_promises_of_conversation", ["conversation_id", "id"], unique=False)
        batch_op.create_index("ix_promises_of_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_promises_of_owner", ["owner_id", "state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_promises_open",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "ratings",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", storage.instants.Instant(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", storage.instants.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ratings_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_ratings_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_ratings_customer_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_ratings")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index("ix_ratings_of", ["customer_id", "asked_at"], unique=False)

    op.create_table(
        "routed",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", storage.instants.Instant(), nullable=True),
        sa.Column("decided_at", storage.instants.Instant(), nullable=False),
        sa.Column("rule", sa.String(length=64), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tags", sa.JSON(), nullable=True),
        sa.Column("skill", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reply", sa.String(length=8), server_default="", nullable=False),
        sa.Column("reply_due_at", storage.instants.Instant(), nullable=True),
        sa.Column("warn_at", storage.instants.Instant(), nullable=True),
        sa.Column("resolve_due_at", storage.instants.Instant(), nullable=True),
        sa.Column("warned_at", storage.instants.Instant(), nullable=True),
        sa.Column("escalated_at", storage.instants.Instant(), nullable=True),
        sa.Column("resolve_told_at", storage.instants.Instant(), nullable=True),
        sa.Column("waits_for", sa.BigInteger(), nullable=True),
        sa.Column("waits_until", storage.instants.Instant(), nullable=True),
        sa.Column("assigned_at", storage.instants.Instant(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("auto_replied_at", storage.instants.Instant(), nullable=True),
        sa.Column("away_told_at", storage.instants.Instant(), nullable=True),
        sa.Column("safe_mode", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_routed_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_routed")),
    )
    with op.batch_alter_table("routed", schema=None) as batch_op:
        batch_op.create_index(
            "ix_routed_due",
            ["reply_due_at"],
            unique=False,
            sqlite_where=sa.text("reply_due_at IS NOT NULL"),
            postgresql_where=sa.text("reply_due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_routed_resolve",
            ["resolve_due_at"],
            unique=False,
            sqlite_where=sa.text("resolve_due_at IS NOT NULL"),
            postgresql_where=sa.text("resolve_due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_routed_warn",
            ["warn_at"],
            unique=False,
            sqlite_where=sa.text("warn_at IS NOT NULL"),
            postgresql_where=sa.text("warn_at IS NOT NULL"),
        )

    op.create_table(
        "pins",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_pins_agent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_pins_customer_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_pins_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_pins")),
    )
    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pins_customer_id"), ["customer_id"], unique=False)

    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("away_until", storage.instants.Instant(), nullable=True))
        batch_op.add_column(sa.Column("away_why", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("away_by", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("language", sa.String(length=35), server_default="", nullable=False))
        batch_op.add_column(sa.Column("safe_mode", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("digest", sa.Boolean(), server_default="1", nullable=False))

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("merged_into")

    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("safe_mode")
        batch_op.drop_column("language")
        batch_op.drop_column("away_by")
        batch_op.drop_column("away_why")
        batch_op.drop_column("away_until")

    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pins_customer_id"))

    op.drop_table("pins")
    with op.batch_alter_table("routed", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_routed_warn",
            sqlite_where=sa.text("warn_at IS NOT NULL"),
            postgresql_where=sa.text("warn_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_routed_resolve",
            sqlite_where=sa.text("resolve_due_at IS NOT NULL"),
            postgresql_where=sa.text("resolve_due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_routed_due",
            sqlite_where=sa.text("reply_due_at IS NOT NULL"),
            postgresql_where=sa.text("reply_due_at IS NOT NULL"),
        )

    op.drop_table("routed")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index("ix_ratings_of")

    op.drop_table("ratings")
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_promises_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_promises_of_owner")
        batch_op.drop_index("ix_promises_of_customer")
        batch_op.drop_index("ix_promises_of_conversation")

    op.drop_table("promises")
    with op.batch_alter_table("laters", schema=None) as batch_op:
        batch_op.drop_index("ix_laters_of")
        batch_op.drop_index(
            "ix_laters_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("laters")
    op.drop_table("saved_replies")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index("ix_merges_survivor")
        batch_op.drop_index("ix_merges_absorbed")

    op.drop_table("merges")
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.drop_index("ix_looks_of")

    op.drop_table("looks")
    op.drop_table("slack_digests")
