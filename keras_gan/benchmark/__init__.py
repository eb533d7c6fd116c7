"""Times how fast artifacts draw, each in a process of its own."""
