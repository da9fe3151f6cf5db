"""Wall-off reviewers, and how well they do."""
