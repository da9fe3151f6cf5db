"""Alembic environment of signin.db."""
