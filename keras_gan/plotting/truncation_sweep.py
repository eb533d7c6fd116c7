"""A picture of the same samples at growing factors on their latents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError, check_value_range
from keras_gan.plotting._captions import with_header, with_note
from keras_gan.plotting.grid import lay_out
from keras_gan.plotting.picture import opaque, shown_channels, to_pixels

if TYPE_CHECKING:
    from PIL import Image

_PADDING = 1


def truncation_sweep(
    images: npt.ArrayLike,
    truncations: Sequence[float],
    *,
    value_range: tuple[float, float],
    scale: int | None = None,
) -> Image.Image:
    """Returns a picture with one row for each seed and one column for each truncation.

    With a small factor on the latents, samples are typical and alike; with 1 they are
    as varied as the generator draws them.

    Args:
        images: `(seeds, T, H, W, C)`; see `image_grid`.
        truncations: T factors in (0, 1], written above the columns.
        value_range: (low, high), drawn as black and white.
        scale: See `image_grid`.

    Returns:
        A PIL image of mode "L" or "RGB"; images with alpha are laid over a light
        checkerboard.

    Raises:
        ValueError: If the images have another shape, or a number is out of its range.

    Example:
        >>> factors = np.linspace(0.3, 1.0, 8)
        >>> images = [gan.sample(seeds=[3, 5], truncation=t) for t in factors]
        >>> truncation_sweep(np.stack(images, 1), factors, value_range=(-1, 1)).size
        (457, 135)

    Source: Brock, Donahue & Simonyan, "Large Scale GAN Training for High Fidelity
        Natural Image Synthesis", 2019, §3.1, figure 2, there by drawing outliers anew;
        here the latents are scaled, as `GAN.sample` does.
    """
    array = np.asarray(images)
    if array.ndim != 5 or len(truncations) != array.shape[1] or array.size == 0:
        raise InputError(
            "`images` must have shape (seeds, T, H, W, C), T the number of "
            f"`truncations`; got {array.shape} and {len(truncations)} truncations."
        )
    pixels = to_pixels(
        array.reshape(-1, *array.shape[2:]), check_value_range(value_range)
    )
    picture = lay_out(pixels, columns=len(truncations), padding=_PADDING, scale=scale)
    captions = [str(round(float(value), 3)) for value in truncations]
    picture = with_header(opaque(picture), captions, _PADDING)
    return with_note(picture, shown_channels(array.shape[2:]))
