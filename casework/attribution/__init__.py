"""Whether an account is really the applicant's."""
