"""Revisions of signin.db."""
