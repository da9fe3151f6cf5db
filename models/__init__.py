"""The vocabulary: frozen values, identifiers, states and errors; no input or output."""
