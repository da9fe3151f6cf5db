"""What is withheld."""
