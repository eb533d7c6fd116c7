"""One training step: Algorithm 1, its simultaneous sibling, and what they share."""
