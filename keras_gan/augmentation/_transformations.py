"""The transformations of differentiable augmentation, with random numbers as arguments.

Each takes `(B, H, W, C)` images and `(B, n)` uniform numbers in [0, 1], and has a
gradient by the images. The ranges are those of Zhao et al. 2020, for images in [-1, 1].
Outside of an image lies grey, 0. Where there is alpha, it is transparent white, which
`data.load` makes of all that is transparent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from keras_gan._typing import Tensor


@dataclass(frozen=True)
class Transformation:
    """A random change of images.

    Attributes:
        uniforms: The number of uniform numbers that an example takes, or a function
            from the shape of an image to it.
        apply: From images `(B, H, W, C)` and numbers `(B, uniforms)` to images; to
            matrices `(B, n, n)` if there is a `finish`.
        finish: Changes images by matrices. Neighbours with the same `finish` are done
            at once, by the product of their matrices, the first on the left.
        whole_pixels: Whether the matrices move pixels onto pixels.
        leaks: Whether samples learn the change if it is applied to every image.
        is_half: Whether it is one of two, and the policy's probability that of either.
    """

    uniforms: int | Callable[[tuple[int, ...]], int]
    apply: Callable[[Tensor, Tensor], Tensor]
    finish: Callable[[Tensor, Tensor], Tensor] | None = None
    whole_pixels: bool = False
    leaks: bool = False
    is_half: bool = False

    def count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the number of uniform numbers for an image of this shape."""
        return self.uniforms(image_shape) if callable(self.uniforms) else self.uniforms


def color_channels(channels: int) -> int:
    """Returns the number of channels without alpha, which 2 and 4 channels end with."""
    return channels - 1 if channels in (2, 4) else channels


def on_colors(
    change: Callable[[Tensor, Tensor], Tensor],
) -> Callable[[Tensor, Tensor], Tensor]:
    """Returns the change of the colours alone, which keeps alpha."""

    def keeping_alpha(images: Tensor, numbers: Tensor) -> Tensor:
        colors = color_channels(images.shape[3])
        if colors == images.shape[3]:
            return change(images, numbers)
        changed = change(images[..., :colors], numbers)
        return tf.concat([changed, images[..., colors:]], axis=3)

    return keeping_alpha


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
    """Shifts images by up to 1/8 of their size along both axes, and fills in."""
    sources = []
    for axis in (0, 1):
        size = images.shape[1 + axis]
        most = (size + 4) // 8  # an eighth, rounded
        shift = _integers(uniforms[:, axis], 2 * most + 1) - most
        sources.append(tf.range(size)[tf.newaxis] - shift[:, tf.newaxis])
    return _pixels(images, *sources)


def cutout(images: Tensor, uniforms: Tensor) -> Tensor:
    """Fills a rectangle of half the height and half the width.

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
    cut = images * tf.cast(~hole, images.dtype)[..., tf.newaxis]
    if color_channels(images.shape[3]) == images.shape[3]:
        return cut
    return cut + tf.cast(hole, images.dtype)[..., tf.newaxis] * _fill(images)


def _one_per_example(numbers: Tensor) -> Tensor:
    return tf.reshape(numbers, (-1, 1, 1, 1))


def _integers(uniforms: Tensor, count: int) -> Tensor:
    """Returns integers in 0, ..., count − 1."""
    # Rounding to float32 can make a uniform number 1.
    return tf.minimum(tf.cast(uniforms * count, tf.int32), count - 1)


def _fill(images: Tensor) -> Tensor:
    """Returns a `(1, 1, C)` pixel: grey, or with alpha transparent white."""
    channels = images.shape[3]
    has_alpha = color_channels(channels) < channels
    pixel = [1.0] * (channels - 1) + [-1.0] if has_alpha else [0.0] * channels
    return tf.constant(pixel, images.dtype, (1, 1, channels))


def _pixels(images: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Returns the pixels at rows `(B, H)` and columns `(B, W)`, filled outside."""
    _, height, width, channels = images.shape
    rows, columns = rows[:, :, tf.newaxis], columns[:, tf.newaxis]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    # Places outside point at one more pixel, the fill, behind the last.
    place = tf.where(inside, rows * width + columns, height * width)
    flat = tf.reshape(images, (-1, height * width, channels))
    fill = tf.tile(_fill(images), tf.stack([tf.shape(images)[0], 1, 1]))
    flat = tf.concat([flat, fill], axis=1)
    place = tf.reshape(place, (-1, height * width))
    moved = tf.gather(flat, place, axis=1, batch_dims=1)
    return tf.reshape(moved, (-1, height, width, channels))
