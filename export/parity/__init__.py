"""Compares an exported file with the Keras generator that it was made from.

`requests` says for which seeds, `keras_generator` draws the images that are right, a
reader loads the file afresh and draws them again, and `comparison` measures the
difference. Nothing here imports `graph`, `server`, `web` or an exporter.
"""
