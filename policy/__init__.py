"""What is required: policies, criteria and the law, as data."""
