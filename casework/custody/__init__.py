"""The chain of custody as others' tools read it."""
