"""What every step is made of: permission, action and audit entry in one transaction."""
