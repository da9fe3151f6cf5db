"""Alembic environment of keys.db."""
