"""Revisions of released.db."""
