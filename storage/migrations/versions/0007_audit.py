"""Audit: what people did and saw, lines that are added and never changed; receipts of what was erased.

Triggers refuse every UPDATE, and the DELETE of lines whose key is not under the fact `audits.end`, which
only retention moves. That stops a mistake and a thief of the application's words, not who owns the
database: they can drop a trigger.
"""

import sqlalchemy as sa
from alembic import op

from storage.instants import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER audits_stay BEFORE UPDATE ON audits
BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END""",
    """CREATE TRIGGER audits_last BEFORE DELETE ON audits
WHEN old.id >= coalesce((SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'audits.end'), 0)
BEGIN SELECT RAISE(ABORT, 'a line of the audit log is not taken out'); END""",
)
POSTGRES = (
    """CREATE FUNCTION audits_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'a line of the audit log is never changed'; END $$""",
    """CREATE FUNCTION audits_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF old.id >= coalesce((SELECT (value #>> '{}')::bigint FROM facts WHERE name = 'audits.end'), 0) THEN
RAISE EXCEPTION 'a line of the audit log is not taken out'; END IF; RETURN old; END $$""",
    "CREATE TRIGGER audits_stay BEFORE UPDATE ON audits FOR EACH ROW EXECUTE FUNCTION audits_stay()",
    "CREATE TRIGGER audits_last BEFORE DELETE ON audits FOR EACH ROW EXECUTE FUNCTION audits_last()",
    "CREATE TRIGGER audits_whole BEFORE TRUNCATE ON audits EXECUTE FUNCTION audits_stay()",
)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(
        name, sa.String(length=length) if length else sa.Text(), server_default="", nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.String(length=12), nullable=False),
        sa.Column("agent_id", sa.BigInteger()),
        _text("name", 64),
        sa.Column("what", sa.String(length=16), nullable=False),
        _text("operation", 32),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("conversation_id", sa.BigInteger()),
        _text("face", 12),
        _text("ip", 45),
        _text("detail"),
        sa.Column("once", sa.String(length=96)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    for name, columns, unique, some in (
        ("uq_audits_once", ["once"], True, "once IS NOT NULL"),
        ("ix_audits_agent", ["agent_id", "id"], False, "agent_id IS NOT NULL"),
        ("ix_audits_customer", ["customer_id", "id"], False, "customer_id IS NOT NULL"),
    ):
        only = sa.text(some)
        op.create_index(name, "audits", columns, unique=unique, sqlite_where=only, postgresql_where=only)
    op.create_index("ix_audits_what", "audits", ["what", "id"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("wish", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_customer_id"), "receipts", ["customer_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_table("receipts")
    op.drop_table("audits")  # its triggers go with it
    if not sqlite:
        op.execute("DROP FUNCTION audits_stay")
        op.execute("DROP FUNCTION audits_last")
