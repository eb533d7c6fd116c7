"""Looks at files before a framework does: what they hold, and whether that is safe.

Nothing here runs what a file holds, imports what it names, or opens another file but
those that belong to it. Each loader of the package calls `examine_...(path).check()`
first; `keras-gan inspect` prints the same examinations.
"""
