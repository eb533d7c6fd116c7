"""A picture as a file that says where it comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from keras_gan._files import atomic_path
from keras_gan.plotting._png import SOFTWARE, SYNTHETIC

if TYPE_CHECKING:
    from PIL import Image


def save_picture(
    path: str | os.PathLike[str],
    picture: Image.Image,
    *,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes what `image_grid`, `class_grid` and the others return to a PNG file.

    Args:
        path: The file; replaced whole or not at all.
        picture: A PIL image.
        metadata: Text chunks besides "Software"; by default a "Source" that says that
            the images are synthetic. Real images want another.

    Example:
        >>> save_picture("grid.png", image_grid(images, value_range=(-1, 1)))
    """
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    metadata = {"Source": SYNTHETIC} if metadata is None else metadata
    for key, text in {"Software": SOFTWARE, **metadata}.items():
        chunks.add_text(key, text)
    with atomic_path(path) as temporary:
        picture.save(temporary, format="PNG", pnginfo=chunks)
