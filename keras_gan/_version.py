"""The version, read by setup.py as text and by the package as a module."""

__version__ = "0.1.0"
