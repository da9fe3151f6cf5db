"""What processes of other users write for the inside, and what it shows them."""
