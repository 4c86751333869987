"""Words: indexes to search messages, names and addresses by.

They are read by a loop and not by triggers, so that to keep a message costs what it cost. Only what
changes afterwards is noted by a trigger. Whoever makes one of these tables anew on SQLite (a batch
operation does) makes its trigger anew as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGES = {
    "words_said": ("messages", "text, deleted_at, conversation_id"),
    "words_names": ("customers", "name, erased_at"),
    "words_ways": ("addresses", "address"),
}
SHAPES = {
    "words_said": "said, marks, tokenize = 'unicode61', prefix = '3'",
    "words_names": "said, tokenize = 'unicode61', prefix = '2 3', detail = none",
    "words_ways": "said, tokenize = 'unicode61', prefix = '3 4', detail = none",
}
NOTE = """INSERT INTO words_due (kind, id) SELECT '{name}', new.id
WHERE NOT EXISTS (SELECT 1 FROM words_due WHERE kind = '{name}' AND id = new.id)"""


def upgrade() -> None:
    op.create_table(
        "words_due",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_words_due")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, columns) in CHANGES.items():
        note = NOTE.format(name=name)
        if sqlite:
            op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({SHAPES[name]})")
            op.execute(
                f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {columns} ON {table} BEGIN {note}; END"
            )
            continue
        op.execute(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)")
        op.execute(f"CREATE INDEX {name}_terms ON {name} USING gin (terms) WITH (fastupdate = off)")
        op.execute(
            f"CREATE FUNCTION {name}_note() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {note} ON CONFLICT DO NOTHING; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}_note()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, _columns) in CHANGES.items():
        op.execute(f"DROP TRIGGER {name}_changed" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}_note")
        op.execute(f"DROP TABLE {name}")
    op.drop_table("words_due")
