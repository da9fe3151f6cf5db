"""What is kept: sealed, by domain, with its audit log."""
