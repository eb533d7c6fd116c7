"""Updates a variable by Adam, or by SGD with momentum, in one operation.

Keras writes an update as several operations, each of which reads and writes arrays of
the variable's size. TensorFlow has kernels that compute the same in one go.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import index_of, moments_of
from keras_gan._typing import Tensor

_DTYPES = (tf.float32, tf.float64)


def fuse(optimizer: keras.optimizers.Optimizer) -> None:
    """Makes an optimizer update each variable in one operation, if there is one.

    Keras's own `update_step` of Adam, AdamW and SGD is replaced on this object; a
    subclass with its own `update_step` is left alone.
    """
    settings: Any = optimizer
    stock = type(optimizer).update_step
    if stock is keras.optimizers.Adam.update_step and not settings.amsgrad:
        fused = _adam_step
    elif stock is keras.optimizers.SGD.update_step and settings.momentum != 0:
        fused = _sgd_step
    else:
        return
    optimizer.update_step = functools.partial(_step, optimizer, fused, stock)


def apply_momentum(
    variable: Any,
    velocity: Any,
    gradient: Tensor,
    learning_rate: Tensor,
    momentum: Tensor | float,
    *,
    nesterov: bool = False,
) -> None:
    """Does `v ← m·v - η·g`, `w ← w + v`; with Nesterov `w ← w + m·v - η·g`."""
    dtype = variable.dtype
    tf.raw_ops.ResourceApplyKerasMomentum(
        var=_handle(variable),
        accum=_handle(velocity),
        lr=tf.cast(learning_rate, dtype),
        grad=tf.cast(gradient, dtype),
        momentum=_scalar(momentum, dtype),
        use_nesterov=nesterov,
    )


def _step(
    optimizer: Any,
    fused: Callable[..., None],
    stock: Callable[..., None],
    gradient: Any,
    variable: Any,
    learning_rate: Tensor,
) -> None:
    """Updates a variable in one operation, or as Keras does where there is none."""
    dense = not isinstance(gradient, tf.IndexedSlices)
    fits = dense and tf.as_dtype(variable.dtype) in _DTYPES
    (fused if fits else stock)(optimizer, gradient, variable, learning_rate)


def _adam_step(
    optimizer: Any, gradient: Tensor, variable: Any, learning_rate: Tensor
) -> None:
    dtype = variable.dtype
    first, second = moments_of(optimizer, variable)
    updates = tf.cast(optimizer.iterations + 1, dtype)
    betas = [_scalar(beta, dtype) for beta in (optimizer.beta_1, optimizer.beta_2)]
    tf.raw_ops.ResourceApplyAdam(
        var=_handle(variable),
        m=_handle(first),
        v=_handle(second),
        beta1_power=tf.pow(betas[0], updates),
        beta2_power=tf.pow(betas[1], updates),
        lr=tf.cast(learning_rate, dtype),
        beta1=betas[0],
        beta2=betas[1],
        epsilon=_scalar(optimizer.epsilon, dtype),
        grad=tf.cast(gradient, dtype),
    )


def _sgd_step(
    optimizer: Any, gradient: Tensor, variable: Any, learning_rate: Tensor
) -> None:
    apply_momentum(
        variable,
        optimizer.momentums[index_of(optimizer, variable)],
        gradient,
        learning_rate,
        optimizer.momentum,
        nesterov=optimizer.nesterov,
    )


def _scalar(value: Tensor | float, dtype: Any) -> Tensor:
    """Returns the value in that type.

    `tf.cast` would round a Python number to float32 first.
    """
    return tf.cast(value, dtype) if tf.is_tensor(value) else tf.constant(value, dtype)


def _handle(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return variable.handle
