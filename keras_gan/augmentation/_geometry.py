"""The geometric transformations of Karras et al. 2020, done in one warp.

Each makes a `(B, 3, 3)` matrix from images `(B, H, W, C)` and uniform numbers. The
matrix maps a place (x, y, 1) in the changed image, in pixels from the middle, to the
place in the image where its value comes from. Places outside of the image are reflected
at the middles of its outermost pixels.
"""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.augmentation._numbers import log_normal, matrix, normal


def flip(images: Tensor, uniforms: Tensor) -> Tensor:
    """Mirrors left and right, with probability 1/2."""
    sign = 1.0 - 2.0 * _choice(uniforms[:, 0], 2)
    return _scaled(sign, tf.ones_like(sign))


def rotate90(images: Tensor, uniforms: Tensor) -> Tensor:
    """Turns by 0, 90, 180 or 270 degrees; by 0 or 180 if images are not square."""
    is_square = images.shape[1] == images.shape[2]
    quarters = _choice(uniforms[:, 0], 4) if is_square else _choice(uniforms[:, 0], 2)
    place = tf.cast(quarters if is_square else 2.0 * quarters, tf.int32)
    cosine, sine = (
        tf.gather(tf.constant(values, uniforms.dtype), place)
        for values in ([1, 0, -1, 0], [0, 1, 0, -1])
    )
    return _rotated(cosine, sine)


def integer_translation(images: Tensor, uniforms: Tensor) -> Tensor:
    """Shifts by whole pixels, uniform up to 1/8 of the width and the height."""
    return _shifted(
        *(
            tf.round((2.0 * uniforms[:, axis] - 1.0) * 0.125 * size)
            for axis, size in enumerate(_width_and_height(images))
        )
    )


def scale(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales both axes by 2^z, z ~ N(0, 0.2²)."""
    factor = 1.0 / log_normal(uniforms[:, 0], 0.2)
    return _scaled(factor, factor)


def rotate(images: Tensor, uniforms: Tensor) -> Tensor:
    """Turns by an angle that is uniform over the circle."""
    angle = (2.0 * uniforms[:, 0] - 1.0) * math.pi
    return _rotated(tf.cos(angle), tf.sin(angle))


def anisotropic_scale(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales the width by 2^z and the height by 2^-z, z ~ N(0, 0.2²)."""
    factor = log_normal(uniforms[:, 0], 0.2)
    return _scaled(1.0 / factor, factor)


def fractional_translation(images: Tensor, uniforms: Tensor) -> Tensor:
    """Shifts by shares z ~ N(0, 0.125²) of the width and the height."""
    return _shifted(
        *(
            0.125 * size * normal(uniforms[:, axis])
            for axis, size in enumerate(_width_and_height(images))
        )
    )


def move_pixels(images: Tensor, matrices: Tensor) -> Tensor:
    """Moves whole pixels, for matrices that map pixels to pixels."""
    x, y = (tf.cast(tf.round(place), tf.int32) for place in _sources(images, matrices))
    return tf.reshape(_gather(images, x, y), tf.shape(images))


def warp(images: Tensor, matrices: Tensor) -> Tensor:
    """Interpolates bilinearly at the places that the matrices give.

    A place in the middle of a pixel gives the pixel to the bit.
    """
    _, height, width, channels = images.shape
    x, y = _sources(images, matrices)
    left, top = tf.floor(x), tf.floor(y)
    right_share, low_share = (x - left)[..., tf.newaxis], (y - top)[..., tf.newaxis]
    # One look-up finds a pixel and its neighbours to the right, below and across. Those
    # behind the edge have the weight 0.
    padded = tf.pad(images, [[0, 0], [0, 1], [0, 1], [0, 0]])
    corners = [padded[:, i : i + height, j : j + width] for i in (0, 1) for j in (0, 1)]
    corners = _gather(
        tf.concat(corners, axis=3), tf.cast(left, tf.int32), tf.cast(top, tf.int32)
    )
    a, b, c, d = tf.split(corners, 4, axis=2)
    upper = a * (1.0 - right_share) + b * right_share
    lower = c * (1.0 - right_share) + d * right_share
    mixed = upper * (1.0 - low_share) + lower * low_share
    return tf.reshape(mixed, (-1, height, width, channels))


def _sources(images: Tensor, matrices: Tensor) -> list[Tensor]:
    """Returns x and y `(B, H W)`, inside the image, from which values come."""
    width, height = _width_and_height(images)
    y, x = np.mgrid[:height, :width]
    places = np.stack([x - (width - 1) / 2, y - (height - 1) / 2, np.ones_like(x)])
    places = tf.constant(places.reshape(3, -1), matrices.dtype)
    return [
        _reflected(
            tf.reduce_sum(matrices[:, axis, :, tf.newaxis] * places, axis=1)
            + (size - 1) / 2,
            size,
        )
        for axis, size in enumerate((width, height))
    ]


def _reflected(places: Tensor, size: int) -> Tensor:
    """Folds places into [0, size − 1], without repeating the outermost pixels."""
    if size == 1:
        return tf.zeros_like(places)
    period = 2.0 * (size - 1)
    return tf.abs(places - period * tf.round(places / period))


def _gather(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    _, height, width, channels = images.shape
    flat = tf.reshape(images, (-1, height * width, channels))
    return tf.gather(flat, y * width + x, axis=1, batch_dims=1)


def _width_and_height(images: Tensor) -> tuple[int, int]:
    return images.shape[2], images.shape[1]


def _choice(uniforms: Tensor, count: int) -> Tensor:
    """Returns whole numbers in 0, ..., count − 1, as floats."""
    return tf.minimum(tf.floor(uniforms * count), count - 1.0)


def _scaled(x: Tensor, y: Tensor) -> Tensor:
    return matrix([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]], x)


def _rotated(cosine: Tensor, sine: Tensor) -> Tensor:
    return matrix([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]], sine)


def _shifted(x: Tensor, y: Tensor) -> Tensor:
    return matrix([[1.0, 0.0, -x], [0.0, 1.0, -y], [0.0, 0.0, 1.0]], x)
