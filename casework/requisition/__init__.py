"""A position to fill: its frozen policy, its papers and its staff."""
