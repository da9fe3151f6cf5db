"""What platforms hand to their members: one module a platform."""
