"""What an evidence custodian sees: what was put away, and nothing of the cases that it left."""
