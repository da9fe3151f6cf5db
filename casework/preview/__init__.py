"""What the applicant is shown of a package, and answers to it."""
