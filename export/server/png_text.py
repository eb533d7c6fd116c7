"""Adds text to the PNG files that a SavedModel draws."""

from __future__ import annotations

import struct
import zlib

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.plotting import SOFTWARE, SYNTHETIC

# The length of the signature and of the IHDR chunk, which must come first.
_HEADER = 8 + 4 + 4 + 13 + 4
_TO_THE_END = -1


def described(png: Tensor) -> Tensor:
    """Returns PNG files, strings, with text: their software, and "synthetic".

    Source: the tEXt chunk of W3C, "Portable Network Graphics Specification", 2003,
    §11.3.4.3.
    """
    chunks = _chunk("Software", SOFTWARE) + _chunk("Source", SYNTHETIC)
    rest = tf.strings.substr(png, _HEADER, _TO_THE_END)
    return tf.strings.join([tf.strings.substr(png, 0, _HEADER), chunks, rest])


def _chunk(keyword: str, text: str) -> bytes:
    content = b"tEXt" + keyword.encode("latin-1") + b"\0" + text.encode("latin-1")
    length = struct.pack(">I", len(content) - 4)
    return length + content + struct.pack(">I", zlib.crc32(content))
