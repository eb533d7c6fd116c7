"""A picture with a column of images for each class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError, check_positive_int, check_value_range, counted
from keras_gan.plotting._captions import with_header, with_note
from keras_gan.plotting.grid import lay_out
from keras_gan.plotting.picture import opaque, shown_channels, to_pixels

if TYPE_CHECKING:
    from PIL import Image

_PADDING = 1


def class_turns(count: int, num_classes: int) -> tuple[np.ndarray, int]:
    """Returns the labels of `count` images that take turns through the classes.

    Args:
        count: How many images.
        num_classes: The number of classes.

    Returns:
        Labels `(count,)` int64 0, 1, ..., and the number of images to draw in a row, so
        that each column is one class and the picture about a square.

    Raises:
        ValueError: If an argument is no positive integer.

    Example:
        >>> class_turns(5, num_classes=2)
        (array([0, 1, 0, 1, 0]), 2)
    """
    count = check_positive_int("count", count)
    num_classes = check_positive_int("num_classes", num_classes)
    turns = round(math.sqrt(count) / num_classes)
    return np.arange(count) % num_classes, num_classes * max(1, turns)


def class_grid(
    images: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    value_range: tuple[float, float],
    names: Sequence[str] | None = None,
    scale: int | None = None,
) -> Image.Image:
    """Returns a picture with one column for each class, its name above.

    Args:
        images: `(N, H, W, C)` or `(N, H, W)`; see `image_grid`.
        labels: `(N,)` integers. The classes that occur are drawn in ascending order,
            the images of a class one below the other, in their order.
        value_range: (low, high), drawn as black and white.
        names: The name of class 0, 1, ...; None for the numbers.
        scale: See `image_grid`.

    Returns:
        A PIL image of mode "L" or "RGB"; images with alpha are laid over a light
        checkerboard.

    Raises:
        ValueError: If the images are no pictures, the labels are not one integer for
            each, `names` lacks one, or a number is out of its range.

    Example:
        >>> images = gan.sample(20, seed=0, labels=np.arange(20) % 10)
        >>> class_grid(images, np.arange(20) % 10, value_range=(-1, 1)).size
        (571, 135)

    Source: Mirza & Osindero, "Conditional Generative Adversarial Nets", 2014, figure 2.
    """
    pixels = to_pixels(images, check_value_range(value_range))
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or labels.shape != (len(pixels),):
        raise InputError(
            f"`labels` must be {counted(len(pixels), 'integer')}, one per image; got "
            f"{labels.dtype} values of shape {labels.shape}."
        )
    classes, column = np.unique(labels, return_inverse=True)
    if names is not None and not 0 <= classes[0] <= classes[-1] < len(names):
        raise InputError(
            f"`names` must name every class from {classes[0]} to {classes[-1]}; it has "
            f"{counted(len(names), 'name')}, from 0 on."
        )
    rows = np.bincount(column).max()
    # Classes with fewer images than others leave white cells.
    cells = np.full((rows, len(classes), *pixels.shape[1:]), 255, np.uint8)
    for index in range(len(classes)):
        members = pixels[column == index]
        cells[: len(members), index] = members
    picture = lay_out(
        cells.reshape(-1, *pixels.shape[1:]),
        columns=len(classes),
        padding=_PADDING,
        scale=scale,
    )
    captions = [str(c) if names is None else str(names[c]) for c in classes]
    picture = with_header(opaque(picture), captions, _PADDING)
    return with_note(picture, shown_channels(np.shape(images)[1:]))
