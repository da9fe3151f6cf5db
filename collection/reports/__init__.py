"""What other tools and vendors report, and rows by an operator's mapping."""
