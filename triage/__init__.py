"""What is attributed and weighed."""
