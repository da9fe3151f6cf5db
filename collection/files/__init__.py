"""How files from strangers are opened: bounded, by name and kind, nothing followed."""
