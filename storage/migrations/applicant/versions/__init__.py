"""Revisions of applicant.db."""
