"""Reads and writes the folder of a run, and makes pages of it, without TensorFlow."""
