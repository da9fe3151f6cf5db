"""Runs the migrations of audit.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import AUDIT

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=AUDIT,
    transactional_ddl=True,
)
context.run_migrations()
