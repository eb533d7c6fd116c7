"""Tells whether a network treats each example of a batch by itself."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np

from keras_gan import layers as own
from keras_gan._keras_private import layers_in

# Layers whose output row i depends on input row i alone. Left out: BatchNormalization
# (batch statistics), SpectralNormalization (its power-iteration vectors change at every
# call) and layers that a user wrote.
_ROW_WISE: set[type] = {
    keras.Sequential,
    keras.layers.InputLayer,
    # Kernels
    keras.layers.Conv1D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3D,
    keras.layers.Conv3DTranspose,
    keras.layers.Dense,
    keras.layers.DepthwiseConv2D,
    keras.layers.Embedding,
    keras.layers.SeparableConv2D,
    own.FourierFeatures,
    own.GroupedConv2D,
    own.ImageConv2D,
    own.ImageConv2DTranspose,
    own.LowPassDownsampling2D,
    own.Maxout,
    own.MaxoutConv2D,
    own.PoolingConv2D,
    own.ProjectionHead,
    own.SelfAttention,
    own.SpatialBasis2D,
    # Activations, and what is drawn for each value
    keras.layers.Activation,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.GaussianNoise,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ReLU,
    keras.layers.Softmax,
    keras.layers.SpatialDropout2D,
    # Shapes, sums and means within a row
    keras.layers.Add,
    keras.layers.Average,
    keras.layers.AveragePooling2D,
    keras.layers.Dot,
    keras.layers.Flatten,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.MaxPooling2D,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Multiply,
    keras.layers.Rescaling,
    keras.layers.Reshape,
    keras.layers.Subtract,
    keras.layers.UpSampling2D,
    keras.layers.ZeroPadding2D,
    own.Upsample,
    own.UpsamplingConv2D,
    # Normalization within a row
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
    keras.layers.UnitNormalization,
}


# These keep joined batches apart inside `layers.batch_normalization.joined_batches`.
_BATCH_WISE: set[type] = {own.BatchNormalization, own.ConditionalBatchNormalization}


def keeps_batches_apart(network: keras.Model) -> bool:
    """Returns whether a pass over joined batches, so marked, equals a pass over each.

    False where that cannot be known, as with a layer that a user wrote.
    """
    return all(
        type(part) in _BATCH_WISE or _keeps_rows_apart(part) for part in _parts(network)
    )


def keeps_rows_apart(network: keras.Model) -> bool:
    """Returns whether one pass over two batches equals a pass over each.

    False where that cannot be known, as with a layer that a user wrote.
    """
    return all(map(_keeps_rows_apart, _parts(network)))


def _parts(network: keras.Model) -> list[Any]:
    """Returns all layers and operations of a network."""
    layers = layers_in(network)
    # A functional model may also hold operations that are no layers.
    inside = [part for layer in layers for part in getattr(layer, "operations", ())]
    return [*layers, *inside]


def _keeps_rows_apart(part: Any) -> bool:
    if getattr(part, "activity_regularizer", None) is not None:
        return False  # its loss is a mean over the batch
    if not _keeps_rows(getattr(part, "activation", None)):
        return False
    if any(_is_row_axis(part, axis) for axis in _axes_of(part)):
        return False
    if type(part) is keras.layers.Concatenate:
        return True
    return type(part) in _ROW_WISE or type(part) is _functional()


def _axes_of(part: Any) -> list[Any]:
    """Returns the axes over which a layer or operation computes; None is all."""
    given = [vars(part)[name] for name in ("axis", "axes") if name in vars(part)]
    return [
        axis
        for axes in given
        for axis in ([None] if axes is None else np.ravel(axes).tolist())
    ]


def _is_row_axis(part: Any, axis: int | None) -> bool:
    """Returns whether an axis is that of the batch, or may be."""
    if axis is None or axis == 0:
        return True
    if axis >= -1:
        return False
    inputs = keras.tree.flatten(getattr(part, "input", None))
    ranks = [len(each.shape) for each in inputs if hasattr(each, "shape")]
    return not ranks or any(axis + rank <= 0 for rank in ranks)


def _keeps_rows(activation: Any) -> bool:
    """Returns whether an activation is one of Keras's, which mix no rows."""
    if isinstance(activation, keras.layers.Layer):
        return _keeps_rows_apart(activation)
    name = getattr(activation, "__name__", None)
    return activation is None or getattr(keras.activations, str(name), 0) is activation


@functools.cache
def _functional() -> type:
    """Returns the class of functional models, for which Keras has no public name."""
    inputs = keras.Input((1,))
    return type(keras.Model(inputs, inputs))
