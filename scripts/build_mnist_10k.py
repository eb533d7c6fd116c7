"""Builds the bundled `mnist_10k` from the IDX files of MNIST, always the same bytes.

    python scripts/build_mnist_10k.py --data-dir MNIST_FOLDER [--output FOLDER]

Prints the SHA-256 of each file in the form of `keras_gan/data/bundled_digits.py`. Exits
with 1 if one of them differs from the value there.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import struct
import sys
from pathlib import Path

import numpy as np

from keras_gan._files import write_bytes
from keras_gan.data import bundled_digits, idx_files


def to_idx(array: np.ndarray) -> bytes:
    """Returns the content of an IDX file of unsigned bytes."""
    magic = idx_files.UNSIGNED_BYTE << 8 | array.ndim
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


def to_gzip(content: bytes) -> bytes:
    """Compresses without name and time, to the same bytes wherever zlib is the same."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=buffer, mtime=0) as stream:
        stream.write(content)
    return buffer.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=Path, required=True, metavar="MNIST_FOLDER")
    parser.add_argument("--output", type=Path, default=bundled_digits.FOLDER)
    arguments = parser.parse_args()

    as_pinned = True
    for split, size in bundled_digits.SPLIT_SIZES.items():
        source = idx_files.idx_source(arguments.data_dir, split)
        if source.labels is None:
            parser.error(f"{arguments.data_dir} holds no labels for {split}")
        contents = {
            "images": source.images[:size, :, :, 0],
            "labels": source.labels[:size].astype(np.uint8),
        }
        for kind, array in contents.items():
            name = bundled_digits.bundled_file(split, kind).name
            content = to_gzip(to_idx(array))
            write_bytes(arguments.output / name, content)
            digest = hashlib.sha256(content).hexdigest()
            as_pinned &= bundled_digits.SHA256.get(name) == digest
            print(f'    "{name}": (\n        "{digest}"\n    ),')
    return 0 if as_pinned else 1


if __name__ == "__main__":
    sys.exit(main())
