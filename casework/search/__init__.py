"""How may be searched: queries, terms of service, supervised viewing."""
