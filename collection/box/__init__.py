"""The process in which readers work, without keys, network or other files."""
