"""Settings, wiring and dispatch."""
