"""What all applications of the portal share: doors, sessions, headers, pages."""
