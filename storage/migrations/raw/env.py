"""Runs the migrations of raw.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import RAW

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=RAW,
    transactional_ddl=True,
)
context.run_migrations()
