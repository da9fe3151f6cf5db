"""Revisions of fairness.db."""
