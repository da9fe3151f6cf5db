"""What a hiring manager sees: the release package, and nothing behind it."""
