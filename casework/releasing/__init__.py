"""What crosses the wall, to whom, and when."""
