"""Runs the migrations of released.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import RELEASED

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=RELEASED,
    transactional_ddl=True,
)
context.run_migrations()
