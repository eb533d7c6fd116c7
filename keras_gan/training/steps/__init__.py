"""Does one training step: in turn as in Algorithm 1, or on both networks at once."""
