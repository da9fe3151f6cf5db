"""The steps of a case: permission, action and audit entry, in one transaction."""
