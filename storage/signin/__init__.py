"""Who signs in to one application of the portal: a database and a key of its own."""
