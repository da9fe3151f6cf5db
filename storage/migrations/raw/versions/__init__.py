"""Revisions of raw.db."""
