"""Revisions of sealed.db."""
