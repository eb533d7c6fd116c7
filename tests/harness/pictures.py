"""Writes folders of random pictures."""

import numpy as np
from PIL import Image


def save_pictures(folder, count, shape, *, bits=8, suffix="png", seed=0):
    """Writes pictures of random pixels, `(height, width)` or with 2 to 4 channels.

    Args:
        folder: A new folder.
        count: The number of pictures.
        shape: Of one of them.
        bits: Of a value: 8, or 16 in grey pictures.
        suffix: Of the files' names.
        seed: Of the random pixels.

    Returns:
        The folder.
    """
    folder.mkdir()
    rng = np.random.default_rng(seed)
    kind = np.uint8 if bits == 8 else np.uint16
    for number in range(count):
        pixels = rng.integers(0, 2**bits, shape).astype(kind)
        Image.fromarray(pixels).save(folder / f"{number:03}.{suffix}")
    return folder
