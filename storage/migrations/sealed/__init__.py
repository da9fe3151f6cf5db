"""Alembic environment of sealed.db."""
