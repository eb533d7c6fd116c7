"""A picture of samples beside their nearest training images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError, check_positive_int, check_value_range
from keras_gan.plotting._captions import LINE, with_note, write_line
from keras_gan.plotting.grid import lay_out, legible_scale
from keras_gan.plotting.picture import opaque, shown_channels, to_pixels

if TYPE_CHECKING:
    from PIL import Image

# Blue, as the data in the other pictures.
_FRAME, _FRAME_WIDTH = (0x2A, 0x6F, 0xB0), 3
# The pixels between a sample and its neighbours, and those around each group.
_GAP, _PADDING = 4, 12


def neighbor_grid(
    samples: npt.ArrayLike,
    neighbors: npt.ArrayLike,
    *,
    value_range: tuple[float, float],
    captions: Sequence[str] | None = None,
    columns: int | None = None,
    scale: int | None = None,
) -> Image.Image:
    """Returns a picture of samples, each with its neighbours to the right of it.

    The neighbours stand in a blue frame. A sample that equals the framed image is a
    copy.

    Args:
        samples: `(N, H, W, C)` or `(N, H, W)`; see `image_grid`.
        neighbors: `(N, k, H, W, C)` training images, the nearest first; `(N, H, W, C)`
            or `(N, H, W)` for one each.
        value_range: (low, high), drawn as black and white.
        captions: The text below each group, such as the distance.
        columns: Samples in a row; by default as many as make a broad picture.
        scale: See `image_grid`.

    Returns:
        A PIL image of mode "RGB"; images with alpha are laid over a light checkerboard.

    Raises:
        ValueError: If the images are no pictures or of different shapes, or `captions`
            are not one for each sample.

    Example:
        >>> samples, train = np.zeros((8, 28, 28, 1)), np.ones((100, 28, 28, 1))
        >>> nearest, _ = keras_gan.metrics.nearest_neighbors(
        ...     samples.reshape(8, -1), train.reshape(100, -1), k=2)
        >>> neighbor_grid(samples, train[nearest], value_range=(0, 1)).mode
        'RGB'

    Source: Goodfellow et al. 2014, figure 2, whose rightmost column shows the nearest
        training example of the sample beside it.
    """
    value_range = check_value_range(value_range)
    drawn = _with_colours(to_pixels(samples, value_range, "samples"))
    shape = np.shape(samples) if np.ndim(samples) == 4 else (*np.shape(samples), 1)
    known = _to_groups(neighbors, shape, value_range)
    count, k = known.shape[:2]
    if captions is not None and len(captions) != count:
        raise InputError(
            f"`captions` must be {count}, one per sample; got {len(captions)}."
        )
    scale = legible_scale(*drawn.shape[1:3]) if scale is None else scale
    scale = check_positive_int("scale", scale)
    if columns is None:
        columns = max(1, round(math.sqrt(4 * count / (k + 1))))
    columns = min(check_positive_int("columns", columns), count)
    groups = np.stack([_group(*pair, scale) for pair in zip(drawn, known, strict=True)])
    below = 0 if captions is None else LINE
    groups = np.pad(groups, ((0, 0), (0, below), (0, 0), (0, 0)), constant_values=255)
    picture = opaque(
        lay_out(groups, columns=columns, padding=_PADDING, scale=1, gap=255)
    )
    height, width = (size + _PADDING for size in groups.shape[1:3])
    for start in range(0, 0 if captions is None else count, columns):
        bottom = (start // columns + 1) * height
        row = captions[start : start + columns]  # type: ignore[index]
        write_line(picture, row, _PADDING / 2, width, bottom - LINE)
    return with_note(picture, shown_channels(shape[1:]))


def _with_colours(pixels: np.ndarray) -> np.ndarray:
    """Returns pixels of 3 or 4 channels, of grey ones with or without alpha."""
    if pixels.shape[-1] > 2:
        return pixels
    return np.concatenate([pixels[..., :1].repeat(3, axis=-1), pixels[..., 1:]], -1)


def _to_groups(
    neighbors: npt.ArrayLike,
    samples: tuple[int, ...],
    value_range: tuple[float, float],
) -> np.ndarray:
    """Returns neighbours as `(N, k, H, W, 3 or 4)` uint8, if they fit the samples.

    Args:
        neighbors: As in `neighbor_grid`.
        samples: The shape of the samples, `(N, H, W, C)`.
        value_range: (low, high) of the neighbours.
    """
    array = np.asarray(neighbors)
    if array.shape in (samples, samples[:-1] if samples[-1] == 1 else samples):
        array = array.reshape(samples)[:, np.newaxis]
    fits = array.ndim == 5 and array.shape[:1] + array.shape[2:] == samples
    if not fits or array.size == 0:
        raise InputError(
            "`neighbors` must have shape (N, k, H, W, C) or (N, H, W, C), with the "
            f"samples' {samples}; got {array.shape}."
        )
    flat = to_pixels(array.reshape(-1, *samples[1:]), value_range, "neighbors")
    return _with_colours(flat).reshape(*array.shape[:-1], -1)


def _group(sample: np.ndarray, neighbors: np.ndarray, scale: int) -> np.ndarray:
    """Returns a sample and its framed neighbours side by side, `(h, w, C)` uint8."""
    row = np.concatenate([sample[np.newaxis], neighbors])
    row = row.repeat(scale, axis=1).repeat(scale, axis=2)
    count, height, width, channels = row.shape
    framed = (count - 1) * (width + _FRAME_WIDTH) + _FRAME_WIDTH
    size = height + 2 * _FRAME_WIDTH, width + _GAP + framed
    group = np.full((*size, channels), 255, np.uint8)
    group[:, width + _GAP :, :3] = _FRAME
    rows = slice(_FRAME_WIDTH, _FRAME_WIDTH + height)
    group[rows, :width] = row[0]
    for index, image in enumerate(row[1:]):
        left = width + _GAP + _FRAME_WIDTH + index * (width + _FRAME_WIDTH)
        group[rows, left : left + width] = image
    return group
