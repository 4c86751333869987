"""Alembic's entry: it is handed a connection and never opens one."""

from alembic import context

from storage.tables import metadata
from storage.tables.searched import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    user_module_prefix="storage.instants.",
    include_name=lambda name, kind, _parents: kind != "table" or is_ours(name),
)
with context.begin_transaction():
    context.run_migrations()
