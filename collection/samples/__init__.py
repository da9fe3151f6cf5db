"""Makers of small valid files, one a format."""
