"""Alembic environment of applicant.db."""
