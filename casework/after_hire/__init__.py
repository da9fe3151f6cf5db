"""People who work here already: a trigger, a scope, an end."""
