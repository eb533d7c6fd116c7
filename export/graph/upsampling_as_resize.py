"""Traces Keras's `UpSampling2D` so that it exports as one operator."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import keras

from keras_gan._keras_private import layers_in
from keras_gan.layers.upsample import repeat_pixels


@contextlib.contextmanager
def upsampling_as_resize(network: keras.Model) -> Iterator[None]:
    """Lets Keras's nearest `UpSampling2D` compute as `keras_gan.layers.Upsample` does.

    The values are the same. The exported graph has one Resize instead of a chain of
    Reshape and Tile for each axis.
    """
    replaced = [layer for layer in layers_in(network) if _is_replaceable(layer)]
    try:
        for layer in replaced:
            layer.call = functools.partial(repeat_pixels, factor=layer.size[0])
        yield
    finally:
        for layer in replaced:
            del layer.call


def _is_replaceable(layer: Any) -> bool:
    if type(layer) is not keras.layers.UpSampling2D:
        return False
    images: Any = layer.input
    return (
        layer.interpolation == "nearest"
        and layer.data_format == "channels_last"
        and len(set(layer.size)) == 1
        and None not in images.shape[1:]
    )
