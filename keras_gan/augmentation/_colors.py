"""The colour transformations of Karras et al. 2020, done by one matrix.

Each makes a `(B, k + 1, k + 1)` matrix M for the k colours of images in [-1, 1], alpha
not counted: the colours (c, 1) of a pixel become (c, 1) M. The luma axis is
v = (1, ..., 1) / √k. With one colour, saturation and hue change nothing.
"""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.augmentation._numbers import log_normal, normal
from keras_gan.augmentation._transformations import color_channels, on_colors


def brightness(images: Tensor, uniforms: Tensor) -> Tensor:
    """Adds b ~ N(0, 0.2²) to every colour."""
    eye = _parts(images)[0]
    last_row = np.zeros_like(eye)
    last_row[-1, :-1] = 1.0
    return _sum(eye, (0.2 * normal(uniforms[:, 0]), last_row))


def contrast(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales every colour by 2^z, z ~ N(0, 0.5²)."""
    eye, luma, chroma = _parts(images)
    factor = log_normal(uniforms[:, 0], 0.5)
    return _sum(eye - luma - chroma, (factor, luma + chroma))


def luma_flip(images: Tensor, uniforms: Tensor) -> Tensor:
    """Negates the luma and keeps the rest, with probability 1/2."""
    eye, luma, _ = _parts(images)
    flipped = tf.cast(uniforms[:, 0] >= 0.5, uniforms.dtype)
    return _sum(eye, (-2.0 * flipped, luma))


def hue(images: Tensor, uniforms: Tensor) -> Tensor:
    """Turns three colours about the luma axis, uniformly over the circle."""
    eye, _, chroma = _parts(images)
    angle = (2.0 * uniforms[:, 0] - 1.0) * math.pi
    cross = np.zeros_like(eye)
    if color_channels(images.shape[3]) == 3:
        cross[:3, :3] = np.cross(np.eye(3), np.full(3, 1.0 / math.sqrt(3.0)))
    return _sum(eye - chroma, (tf.cos(angle), chroma), (tf.sin(angle), cross))


def saturation(images: Tensor, uniforms: Tensor) -> Tensor:
    """Scales the distance from the luma axis by 2^z, z ~ N(0, 1)."""
    eye, _, chroma = _parts(images)
    return _sum(eye - chroma, (log_normal(uniforms[:, 0], 1.0), chroma))


@on_colors
def recolor(images: Tensor, matrices: Tensor) -> Tensor:
    """Returns the images after the change of colours, alpha as it was."""
    _, height, width, colors = images.shape
    pixels = tf.reshape(images, (-1, height * width, colors))
    changed = pixels @ matrices[:, :colors, :colors] + matrices[:, colors:, :colors]
    return tf.reshape(changed, (-1, height, width, colors))


def _parts(images: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns I, the projection v vᵀ on the luma axis, and that on what is left."""
    colors = color_channels(images.shape[3])
    eye = np.eye(colors + 1)
    luma = np.zeros_like(eye)
    luma[:colors, :colors] = 1.0 / colors
    chroma = eye - luma
    chroma[-1, -1] = 0.0
    return eye, luma, chroma


def _sum(constant: np.ndarray, *terms: tuple[Tensor, np.ndarray]) -> Tensor:
    """Returns `(B, k + 1, k + 1)`: constant + Σ number `(B,)` · matrix."""
    dtype = terms[0][0].dtype
    return tf.constant(constant, dtype) + tf.add_n(
        [n[:, tf.newaxis, tf.newaxis] * tf.constant(m, dtype) for n, m in terms]
    )
