"""What is gathered and read."""
