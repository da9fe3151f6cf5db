"""Alembic environment of audit.db."""
