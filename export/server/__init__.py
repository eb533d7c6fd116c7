"""Speaks with TF Serving: the signatures it serves, and a client's connection to it.

Imports `parity`, never `graph` or `web`.
"""
