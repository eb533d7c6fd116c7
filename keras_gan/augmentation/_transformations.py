"""The transformations of differentiable augmentation, with random numbers as arguments.

Each takes `(B, H, W, C)` images and `(B, n)` uniform numbers in [0, 1], and has a
gradient by the images. The ranges are those of Zhao et al. 2020, meant for images in
[-1, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import tensorflow as tf

from keras_gan._checks import InputError, check_choice
from keras_gan._typing import Tensor


@dataclass(frozen=True)
class Transformation:
    """A random change of images.

    Attributes:
        uniforms: The number of uniform numbers that an example takes.
        apply: From images `(B, H, W, C)` and numbers `(B, uniforms)` to images.
    """

    uniforms: int
    apply: Callable[[Tensor, Tensor], Tensor]


def brightness(images: Tensor, uniforms: Tensor) -> Tensor:
    """Adds u − 1/2 to every pixel."""
    return images + (_one_per_example(uniforms[:, 0]) - 0.5)


def saturation(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales the distance of each channel from the mean of its pixel by 2 u."""
    mean = tf.reduce_mean(images, axis=3, keepdims=True)
    return (images - mean) * (2.0 * _one_per_example(uniforms[:, 0])) + mean


def contrast(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales the distance of each value from the mean of its image by u + 1/2."""
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return (images - mean) * (_one_per_example(uniforms[:, 0]) + 0.5) + mean


def translation(images: Tensor, uniforms: Tensor) -> Tensor:
    """Shifts images by up to 1/8 of their size along both axes, and fills in zeros."""
    sources = []
    for axis in (0, 1):
        size = images.shape[1 + axis]
        most = (size + 4) // 8  # an eighth, rounded
        shift = _integers(uniforms[:, axis], 2 * most + 1) - most
        sources.append(tf.range(size)[tf.newaxis] - shift[:, tf.newaxis])
    return _pixels(images, *sources)


def cutout(images: Tensor, uniforms: Tensor) -> Tensor:
    """Sets a rectangle of half the height and half the width to zero.

    The middle of the rectangle is anywhere in the image, so that a part of the
    rectangle may lie outside.
    """
    inside = []
    for axis in (0, 1):
        size = images.shape[1 + axis]
        length = (size + 1) // 2
        middle = _integers(uniforms[:, axis], size + 1 - length % 2)
        place = tf.range(size)[tf.newaxis] - (middle - length // 2)[:, tf.newaxis]
        inside.append(tf.logical_and(place >= 0, place < length))
    hole = tf.logical_and(inside[0][:, :, tf.newaxis], inside[1][:, tf.newaxis])
    return images * tf.cast(~hole, images.dtype)[..., tf.newaxis]


POLICIES: dict[str, tuple[Transformation, ...]] = {
    "color": (
        Transformation(1, brightness),
        Transformation(1, saturation),
        Transformation(1, contrast),
    ),
    "translation": (Transformation(2, translation),),
    "cutout": (Transformation(2, cutout),),
}


def check_policy(policy: Iterable[str]) -> tuple[str, ...]:
    """Returns the names in their order, if there are any and all are known."""
    if isinstance(policy, str):
        raise InputError(
            f"`policy` must be a tuple of names, such as ({policy!r},); got a string."
        )
    names = tuple(check_choice("policy", name, POLICIES) for name in policy)
    if not names:
        raise InputError(
            f"`policy` must name at least one of {', '.join(POLICIES)}; it is empty. "
            "Use `augment=None` for no augmentation."
        )
    return names


def transformations_of(policy: Iterable[str]) -> tuple[Transformation, ...]:
    """Returns the transformations of the names, in their order."""
    return tuple(step for name in policy for step in POLICIES[name])


def check_images(name: str, image_shape: tuple[int, ...]) -> None:
    """Raises if an example is no image (height, width, channels)."""
    if len(image_shape) != 3:
        raise InputError(
            f"`{name}` augments images (height, width, channels); these examples have "
            f"the shape {image_shape}. For points use `augmentation.InstanceNoise`."
        )


def _one_per_example(numbers: Tensor) -> Tensor:
    return tf.reshape(numbers, (-1, 1, 1, 1))


def _integers(uniforms: Tensor, count: int) -> Tensor:
    """Returns integers in 0, ..., count − 1."""
    # Rounding to float32 can make a uniform number 1.
    return tf.minimum(tf.cast(uniforms * count, tf.int32), count - 1)


def _pixels(images: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Returns the pixels at rows `(B, H)` and columns `(B, W)`, zero outside."""
    _, height, width, channels = images.shape
    rows, columns = rows[:, :, tf.newaxis], columns[:, tf.newaxis]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    # Places outside point at one more pixel, of zeros, behind the last.
    place = tf.where(inside, rows * width + columns, height * width)
    flat = tf.reshape(images, (-1, height * width, channels))
    flat = tf.pad(flat, [[0, 0], [0, 1], [0, 0]])
    place = tf.reshape(place, (-1, height * width))
    moved = tf.gather(flat, place, axis=1, batch_dims=1)
    return tf.reshape(moved, (-1, height, width, channels))
