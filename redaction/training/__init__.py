"""What the nets learn from, and the command that trains them: `python -m redaction.training`."""
