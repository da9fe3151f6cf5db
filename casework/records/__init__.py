"""How long records stay, how they end, and the log of all of it."""
