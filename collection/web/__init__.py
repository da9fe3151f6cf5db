"""What is gathered from the web: one fetcher, which asks before every request, and connectors."""
