"""Alembic environment of raw.db."""
