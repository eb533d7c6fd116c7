"""Examines files before a framework loads them, and refuses those that are not safe.

An examination runs no code from the file, imports no class that the file names, and
opens no files but those that belong to it. Each loader of the package calls
`examine_...(path).check()` first; `keras-gan inspect` prints the same examinations.
"""
