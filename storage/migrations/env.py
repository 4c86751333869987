"""Alembic's entry: it is handed a connection and never opens one."""

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    user_module_prefix="storage.instants.",
)
with context.begin_transaction():
    context.run_migrations()
