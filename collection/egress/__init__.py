"""What may leave in a query or an address, and what may not be taken in."""
