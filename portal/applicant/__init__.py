"""The applicants' application: a notice, consent, a list of accounts, a preview, answers."""
