"""Holds the version, which setup.py reads as text and the package imports."""

__version__ = "0.2.0"
