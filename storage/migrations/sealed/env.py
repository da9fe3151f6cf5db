"""Runs the migrations of sealed.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import SEALED

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SEALED,
    transactional_ddl=True,
)
context.run_migrations()
