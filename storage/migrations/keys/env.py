"""Runs the migrations of keys.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import KEYS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=KEYS,
    transactional_ddl=True,
)
context.run_migrations()
