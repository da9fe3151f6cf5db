"""Alembic environment of released.db."""
