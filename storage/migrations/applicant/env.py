"""Runs the migrations of applicant.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import APPLICANT

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=APPLICANT,
    transactional_ddl=True,
)
context.run_migrations()
