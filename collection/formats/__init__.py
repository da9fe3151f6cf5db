"""Every format that can be read stands in one table."""
