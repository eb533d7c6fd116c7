"""Drives a GAN with data: `fit`, `evaluate`, their loop, hooks and pace."""
