"""Who works here: authorised, trained, on what device, and exposed to what."""
