"""Criminal evidence: diverted, routed and handed over to the custodian."""
