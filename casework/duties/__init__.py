"""What is due, and by when."""
