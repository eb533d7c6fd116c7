"""Bounds what an examination reads, so that a hostile file cannot make it long.

Each is many times what the largest architecture of this package needs.
"""

MOST_REASONS = 50
"""The most reasons to refuse a file that are kept."""

DEEPEST_MESSAGE = 64
"""The most messages of a protocol buffer inside each other."""

MOST_FIELDS = 400_000
"""The most fields of a protocol buffer or flat buffer, counted at all depths."""

MOST_FILES = 1000
"""The most files beside an ONNX file that hold its weights."""

MOST_METADATA = 1 << 16
"""The most bytes of a generator's description in an ONNX or LiteRT file."""

MOST_DIMENSIONS = 32
"""The most dimensions of a shape; NumPy allowed as many until version 2."""

MOST_NUMBERS = 2**40
"""The most numbers of one array, and the most parameters of one file."""

MOST_NODES = 100_000
"""The most nodes of an ONNX graph after its functions are put in their places."""

MOST_CONSTANT_NUMBERS = 2**26
"""The most numbers of a SavedModel's constants, beside those that its file holds."""

MOST_FLAT_BUFFER = 2**31 - 1
"""The most bytes of a flat buffer, whose offsets have 32 bits and a sign."""

MOST_ACTIVATIONS = 2**28
"""The most numbers of a tensor of a LiteRT file, for one image."""

DEEPEST_JSON = 150
"""The most objects and lists of JSON inside each other."""

MOST_JSON_VALUES = 300_000
"""The most values of a configuration, counted at all depths."""

MOST_JSON_BYTES = 64 << 20
"""The most bytes of a configuration."""

DEEPEST_GROUP = 64
"""The most groups of an HDF5 file inside each other."""

MOST_ARRAYS = 8_000
"""The most groups and arrays of an HDF5 file."""

MOST_COPIES = 8
"""The most numbers that Keras may keep in memory for each weight in a file."""
