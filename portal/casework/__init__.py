"""The application of those who work on cases: they see the inside, and no manager's page."""
