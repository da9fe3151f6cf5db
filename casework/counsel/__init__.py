"""What counsel asks for: productions, breaches, requests, consistency."""
