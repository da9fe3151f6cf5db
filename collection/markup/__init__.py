"""The one way from HTML to text."""
