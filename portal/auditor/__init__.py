"""What an auditor sees: the log as it was handed over, and reports that were made for auditors."""
