"""Keep in touch."""

import sqlalchemy as sa
from alembic import op

import storage.instants

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_answers",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_answers")),
    )
    with op.batch_alter_table("api_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_answers_at"), ["at"], unique=False)

    op.create_table(
        "one_offs",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", storage.instants.Instant(), nullable=False),
        sa.Column("planned_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_offs")),
        sa.UniqueConstraint("name", name=op.f("uq_one_offs_name")),
    )
    op.create_table(
        "suppressed",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_suppressed")),
    )
    op.create_table(
        "customer_events",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("ref", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_events_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_events")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customer_events_external_id")),
    )
    with op.batch_alter_table("customer_events", schema=None) as batch_op:
        batch_op.create_index("ix_customer_events_kind", ["kind", "at", "id"], unique=False)
        batch_op.create_index("ix_customer_events_of", ["customer_id", "at"], unique=False)

    op.create_table(
        "orders",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("placed_at", storage.instants.Instant(), nullable=False),
        sa.Column("delivered_at", storage.instants.Instant(), nullable=True),
        sa.Column("returned_at", storage.instants.Instant(), nullable=True),
        sa.Column("cancelled_at", storage.instants.Instant(), nullable=True),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", storage.instants.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_delivered",
            ["delivered_at", "id"],
            unique=False,
            sqlite_where=sa.text("delivered_at IS NOT NULL"),
            postgresql_where=sa.text("delivered_at IS NOT NULL"),
        )
        batch_op.create_index("ix_orders_of", ["customer_id", "placed_at", "cancelled_at"], unique=False)
        batch_op.create_index("ix_orders_placed", ["placed_at", "id"], unique=False)

    op.create_table(
        "allowances",
        sa.Column("address_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("until", storage.instants.Instant(), nullable=True),
        sa.Column("consent_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_allowances_address_id")),
        sa.PrimaryKeyConstraint("address_id", "subject", name=op.f("pk_allowances")),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "holds",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", storage.instants.Instant(), nullable=False),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_holds_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_holds_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_holds_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index("ix_holds_of", ["customer_id", "id"], unique=False)

    op.create_table(
        "touches",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("due_at", storage.instants.Instant(), nullable=False),
        sa.Column("valid_until", storage.instants.Instant(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("zone_source", sa.String(length=16), nullable=False),
        sa.Column("anchor_at", storage.instants.Instant(), nullable=True),
        sa.Column("anchor_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(length=64), server_default="", nullable=False),
        sa.Column("why", sa.String(length=32), server_default="", nullable=False),
        sa.Column("language", sa.String(length=35), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("tried", sa.JSON(), nullable=True),
        sa.Column("approval", sa.String(length=16), server_default="", nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("handed_at", storage.instants.Instant(), nullable=True),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.Column("counts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_touches_address_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_touches_customer_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_touches_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
        sa.UniqueConstraint("customer_id", "kind", "period", name=op.f("uq_touches_customer_id_kind_period")),
    )
    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.create_index("ix_touches_day", ["day", "kind"], unique=False)
        batch_op.create_index(
            "ix_touches_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'held')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'held')"),
        )
        batch_op.create_index(
            "ix_touches_handed",
            ["customer_id", "handed_at"],
            unique=False,
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_touches_message",
            ["message_id"],
            unique=False,
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_touches_next",
            ["valid_until", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'held')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'held')"),
        )
        batch_op.create_index(
            "ix_touches_out",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('handed_off', 'unknown')"),
            postgresql_where=sa.text("state IN ('handed_off', 'unknown')"),
        )
        batch_op.create_index(
            "ix_touches_quota",
            ["channel", "handed_at"],
            unique=False,
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )

    op.create_table(
        "slack_touches",
        sa.Column("touch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slack_channel", sa.String(length=32), server_default="", nullable=False),
        sa.Column("ts", sa.String(length=32), server_default="", nullable=False),
        sa.Column("said", sa.String(length=64), server_default="", nullable=False),
        sa.Column("asked_at", storage.instants.Instant(), nullable=False),
        sa.Column("ended_at", storage.instants.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.id"], name=op.f("fk_slack_touches_touch_id")),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_slack_touches")),
    )
    with op.batch_alter_table("slack_touches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slack_touches_ended_at"), ["ended_at"], unique=False)

    op.create_table(
        "touch_log",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("touch_id", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.instants.Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.id"], name=op.f("fk_touch_log_touch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_log")),
    )
    with op.batch_alter_table("touch_log", schema=None) as batch_op:
        batch_op.create_index("ix_touch_log_of", ["touch_id", "id"], unique=False)

    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", storage.instants.Instant(), nullable=True))
        batch_op.add_column(sa.Column("closed_until", storage.instants.Instant(), nullable=True))
        batch_op.add_column(
            sa.Column("closed_reason", sa.String(length=48), server_default="", nullable=False)
        )

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("wording", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("proof", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("agent_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("review", sa.Boolean(), server_default="0", nullable=False))

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversations_resolved",
            ["resolved_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'resolved'"),
            postgresql_where=sa.text("state = 'resolved'"),
        )

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ref", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("device_zone", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("country", sa.String(length=2), server_default="", nullable=False))
        batch_op.add_column(sa.Column("region", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("account_manager", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("preferred_channel", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("birth_month", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("birth_day", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("birth_year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("birthday_at", storage.instants.Instant(), nullable=True))
        batch_op.add_column(sa.Column("birthday_in_bulk", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("birthday_fault", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("feb29", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("deceased_at", storage.instants.Instant(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", storage.instants.Instant(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_customers_birthday",
            ["birth_month", "birth_day", "id"],
            unique=False,
            sqlite_where=sa.text("birth_day IS NOT NULL"),
            postgresql_where=sa.text("birth_day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_merged",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
        batch_op.create_index("uq_customers_ref", ["ref"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index("uq_customers_ref")
        batch_op.drop_index(
            "ix_customers_merged",
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customers_birthday",
            sqlite_where=sa.text("birth_day IS NOT NULL"),
            postgresql_where=sa.text("birth_day IS NOT NULL"),
        )
        batch_op.drop_column("merged_into")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("deceased_at")
        batch_op.drop_column("feb29")
        batch_op.drop_column("birthday_fault")
        batch_op.drop_column("birthday_in_bulk")
        batch_op.drop_column("birthday_at")
        batch_op.drop_column("birth_year")
        batch_op.drop_column("birth_day")
        batch_op.drop_column("birth_month")
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("quiet_from")
        batch_op.drop_column("preferred_channel")
        batch_op.drop_column("account_manager")
        batch_op.drop_column("tags")
        batch_op.drop_column("region")
        batch_op.drop_column("country")
        batch_op.drop_column("device_zone")
        batch_op.drop_column("ref")

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_conversations_resolved",
            sqlite_where=sa.text("state = 'resolved'"),
            postgresql_where=sa.text("state = 'resolved'"),
        )

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_column("review")
        batch_op.drop_column("agent_id")
        batch_op.drop_column("proof")
        batch_op.drop_column("wording")
        batch_op.drop_column("subject")

    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_column("closed_reason")
        batch_op.drop_column("closed_until")
        batch_op.drop_column("closed_at")

    with op.batch_alter_table("touch_log", schema=None) as batch_op:
        batch_op.drop_index("ix_touch_log_of")

    op.drop_table("touch_log")
    with op.batch_alter_table("slack_touches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slack_touches_ended_at"))

    op.drop_table("slack_touches")
    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_touches_quota",
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_touches_out",
            sqlite_where=sa.text("state IN ('handed_off', 'unknown')"),
            postgresql_where=sa.text("state IN ('handed_off', 'unknown')"),
        )
        batch_op.drop_index(
            "ix_touches_next",
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'held')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'held')"),
        )
        batch_op.drop_index(
            "ix_touches_message",
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_touches_handed",
            sqlite_where=sa.text("handed_at IS NOT NULL"),
            postgresql_where=sa.text("handed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_touches_due",
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'held')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'held')"),
        )
        batch_op.drop_index("ix_touches_day")

    op.drop_table("touches")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index("ix_holds_of")

    op.drop_table("holds")
    op.drop_table("order_lines")
    op.drop_table("allowances")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_placed")
        batch_op.drop_index("ix_orders_of")
        batch_op.drop_index(
            "ix_orders_delivered",
            sqlite_where=sa.text("delivered_at IS NOT NULL"),
            postgresql_where=sa.text("delivered_at IS NOT NULL"),
        )

    op.drop_table("orders")
    with op.batch_alter_table("customer_events", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_events_of")
        batch_op.drop_index("ix_customer_events_kind")

    op.drop_table("customer_events")
    op.drop_table("suppressed")
    op.drop_table("one_offs")
    with op.batch_alter_table("api_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_answers_at"))

    op.drop_table("api_answers")
