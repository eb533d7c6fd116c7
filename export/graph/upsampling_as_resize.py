"""Upsampling that exports as one operator."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import keras

from keras_gan._keras_private import layers_in
from keras_gan.layers.upsample import repeat_pixels


def _layers(network: keras.Model) -> list[Any]:
    return [*layers_in(network)]


def _input_shape(layer: Any) -> tuple[int | None, ...]:
    return tuple(layer.input.shape)


@contextlib.contextmanager
def upsampling_by_resize(network: keras.Model) -> Iterator[None]:
    """Lets Keras's nearest `UpSampling2D` compute as `keras_gan.layers.Upsample` does.

    The values are the same; traced, it is one Resize instead of a chain of Reshape and
    Tile for each axis.
    """
    replaced: list[Any] = [
        layer
        for layer in _layers(network)
        if type(layer) is keras.layers.UpSampling2D
        and layer.interpolation == "nearest"
        and layer.data_format == "channels_last"
        and len(set(layer.size)) == 1
        and None not in _input_shape(layer)[1:]
    ]
    try:
        for layer in replaced:
            layer.call = functools.partial(repeat_pixels, factor=layer.size[0])
        yield
    finally:
        for layer in replaced:
            del layer.call
