"""Alembic environment of fairness.db."""
