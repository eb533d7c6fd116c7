"""Computes Keras's own layers by faster operations, without touching the layers.

In a user's networks are `keras.layers.Conv2D` to three channels, upsampling before a
convolution, pooling after one, and batch normalization, for all of which this package
has faster forms. Inside a block, such layers compute by them: their weights, names,
saved files and exports stay those of Keras.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from keras_gan._keras_private import layers_in, uses_onednn
from keras_gan._typing import Tensor
from keras_gan.distribution.replicas import replica_count
from keras_gan.layers.batch_normalization import is_plain, normalized_by_batch
from keras_gan.layers.image_convolutions import (
    FEW_CHANNELS,
    convolution_to_image,
    covers,
    faster_convolution,
    with_bias_and_activation,
)
from keras_gan.layers.resampling_convolutions import (
    pooled_convolution,
    upsampled_convolution,
)


class _Convolved(NamedTuple):
    """The result of a convolution, and what it came from."""

    outputs: Tensor
    inputs: Tensor
    kernel: Tensor
    bias: Tensor | None


class FasterForms:
    """A context in which stock layers of networks compute by faster operations.

    The results are those of Keras to the rounding. A layer that a user has changed, by
    a subclass or on the object, is left alone, and so is every layer where the forms
    were not measured: on GPUs, without oneDNN, in other types than float32. Where the
    environment has `KERAS_GAN_FASTER_LAYERS=0`, all are.

    Args:
        *networks: The networks that compute inside the block.

    Example:
        >>> stock = keras.Sequential([
        ...     keras.layers.UpSampling2D(), keras.layers.Conv2D(8, 3, padding="same")])
        >>> with FasterForms(stock):
        ...     stock(keras.ops.ones((2, 4, 4, 8))).shape
        TensorShape([2, 8, 8, 8])
    """

    def __init__(self, *networks: keras.Model) -> None:
        self._networks = networks
        self._changed: list[keras.layers.Layer] = []
        # By the identity of a result: what it came from. The results are kept, so that
        # no other tensor gets their identity.
        self._upsampled: dict[int, tuple[Tensor, Tensor]] = {}
        self._convolved: dict[int, _Convolved] = {}

    def __enter__(self) -> FasterForms:
        if not _is_wanted():
            return self
        forms: dict[type, Callable[..., Tensor]] = {
            keras.layers.Conv2D: self._convolve,
            keras.layers.Conv2DTranspose: self._convolve_transposed,
            keras.layers.UpSampling2D: self._upsample,
            keras.layers.AveragePooling2D: self._pool,
            keras.layers.BatchNormalization: self._normalize,
        }
        for network in self._networks:
            for layer in layers_in(network):
                for stock, form in forms.items():
                    if _is_stock(layer, stock):
                        self._give(layer, form)
        return self

    def __exit__(self, *exception: object) -> None:
        for layer in self._changed:
            del layer.__dict__["call"]
        self._changed.clear()
        self._upsampled.clear()
        self._convolved.clear()

    def _give(self, layer: keras.layers.Layer, form: Callable[..., Tensor]) -> None:
        """Sets `call` on the object, past Keras's watch for new attributes."""
        layer.__dict__["call"] = functools.partial(form, layer)
        self._changed.append(layer)

    def _convolve(self, layer: Any, inputs: Tensor) -> Tensor:
        """Computes a `Conv2D`, together with the upsampling before it if there is."""
        own = covers(layer, inputs) and inputs.dtype == tf.float32
        if not own or _has_own_convolution(layer):
            return type(layer).call(layer, inputs)
        kernel, (stride, _) = tf.convert_to_tensor(layer.kernel), layer.strides
        height, width = layer.kernel_size
        resamples = height == width and height % 2 == 1 and stride == 1
        _, source = self._upsampled.get(id(inputs), (None, None))
        if resamples and source is not None:
            outputs = upsampled_convolution(source, kernel)
        else:
            outputs = faster_convolution(inputs, kernel, stride)
        if outputs is None:
            outputs = type(layer).call(layer, inputs)
        else:
            outputs = with_bias_and_activation(layer, outputs)
        is_linear = layer.activation in (None, keras.activations.linear)
        if resamples and is_linear and _is_traced(outputs):
            bias = tf.convert_to_tensor(layer.bias) if layer.use_bias else None
            made = _Convolved(outputs, inputs, kernel, bias)
            self._convolved[id(outputs)] = made
        return outputs

    def _convolve_transposed(self, layer: Any, inputs: Tensor) -> Tensor:
        """Computes a `Conv2DTranspose`."""
        if (
            layer.filters > FEW_CHANNELS
            or layer.output_padding is not None
            or not covers(layer, inputs)
            or inputs.dtype != tf.float32
        ):
            return type(layer).call(layer, inputs)
        outputs = convolution_to_image(inputs, layer.kernel, layer.strides[0])
        return with_bias_and_activation(layer, outputs)

    def _upsample(self, layer: Any, inputs: Tensor) -> Tensor:
        """Computes an `UpSampling2D`, and remembers what it repeated.

        Nothing computes the larger map if a convolution alone takes it.
        """
        outputs = type(layer).call(layer, inputs)
        repeats = layer.size == (2, 2) and layer.interpolation == "nearest"
        known = layer.data_format == "channels_last" and None not in inputs.shape[1:]
        if repeats and known and _is_traced(outputs):
            self._upsampled[id(outputs)] = outputs, inputs
        return outputs

    def _pool(self, layer: Any, inputs: Tensor) -> Tensor:
        """Computes an `AveragePooling2D`, with the convolution before it if there is.

        Nothing computes the larger map if nothing else takes it.
        """
        made = self._convolved.get(id(inputs))
        halves = tuple(layer.pool_size) == tuple(layer.strides) == (2, 2)
        even = not any(size % 2 for size in inputs.shape[1:3] if size)
        last = layer.data_format == "channels_last"
        if made is None or not (halves and even and last):
            return type(layer).call(layer, inputs)
        outputs = pooled_convolution(made.inputs, made.kernel)
        return outputs if made.bias is None else outputs + made.bias

    def _normalize(
        self,
        layer: Any,
        inputs: Tensor,
        training: bool | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Computes a `BatchNormalization`."""
        plain = training and layer.trainable and mask is None
        if not plain or replica_count() > 1 or not is_plain(layer, inputs):
            return type(layer).call(layer, inputs, training=training, mask=mask)
        return normalized_by_batch(layer, inputs)


def _is_wanted() -> bool:
    """Tells whether the forms are faster here, and not refused."""
    allowed = os.environ.get("KERAS_GAN_FASTER_LAYERS", "1") != "0"
    return allowed and uses_onednn() and not tf.config.list_logical_devices("GPU")


def _is_stock(layer: Any, stock: type) -> bool:
    """Tells whether a layer computes as a class of Keras does."""
    return (
        isinstance(layer, stock)
        and type(layer).call is stock.call  # pyright: ignore
        and "call" not in vars(layer)
    )


def _has_own_convolution(layer: Any) -> bool:
    """Tells whether a `Conv2D` convolves in a way of its own."""
    stock = keras.layers.Conv2D.convolution_op
    own = type(layer).convolution_op is not stock
    return own or "convolution_op" in vars(layer)


def _is_traced(tensor: Tensor) -> bool:
    """Tells whether a tensor is one of a graph, where unused work costs nothing."""
    return tf.is_symbolic_tensor(tensor)
