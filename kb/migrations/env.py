"""Alembic's entry: runs on the connection that `kb.store` hands over."""

from alembic import context

from kb.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
