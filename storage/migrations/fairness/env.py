"""Runs the migrations of fairness.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import FAIRNESS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=FAIRNESS,
    transactional_ddl=True,
)
context.run_migrations()
