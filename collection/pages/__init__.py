"""Saved pages and recordings of the web, PDF files and pictures."""
