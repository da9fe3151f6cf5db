"""Runs the migrations of signin.db on the caller's connection, inside its transaction."""

from alembic import context

from storage.tables.base import SIGNIN

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SIGNIN,
    transactional_ddl=True,
)
context.run_migrations()
