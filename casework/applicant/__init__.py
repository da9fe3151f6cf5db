"""What passes between the agency and the applicant before anything is gathered."""
