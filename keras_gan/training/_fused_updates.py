"""Updates of Adam and of SGD with momentum in one operation a variable.

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
    """Lets an optimizer update each variable in one operation, if there is one.

    Keras's own `update_step` of Adam, AdamW and SGD is replaced on this object; what a
    subclass has written itself is left alone.
    """
    for kind, step in _STEPS.items():
        if type(optimizer).update_step is kind.update_step:
            stock = functools.partial(kind.update_step, optimizer)
            optimizer.update_step = functools.partial(step, optimizer, stock)


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
        momentum=tf.cast(momentum, dtype),
        use_nesterov=nesterov,
    )


def _adam_step(
    optimizer: Any,
    stock: Callable[..., None],
    gradient: Tensor,
    variable: Any,
    learning_rate: Tensor,
) -> None:
    if optimizer.amsgrad or not fits(gradient, variable):
        stock(gradient, variable, learning_rate)
        return
    dtype = variable.dtype
    first, second = moments_of(optimizer, variable)
    updates = tf.cast(optimizer.iterations + 1, dtype)
    betas = [tf.cast(beta, dtype) for beta in (optimizer.beta_1, optimizer.beta_2)]
    tf.raw_ops.ResourceApplyAdam(
        var=_handle(variable),
        m=_handle(first),
        v=_handle(second),
        beta1_power=tf.pow(betas[0], updates),
        beta2_power=tf.pow(betas[1], updates),
        lr=tf.cast(learning_rate, dtype),
        beta1=betas[0],
        beta2=betas[1],
        epsilon=tf.cast(optimizer.epsilon, dtype),
        grad=tf.cast(gradient, dtype),
    )


def _sgd_step(
    optimizer: Any,
    stock: Callable[..., None],
    gradient: Tensor,
    variable: Any,
    learning_rate: Tensor,
) -> None:
    if optimizer.momentum == 0 or not fits(gradient, variable):
        stock(gradient, variable, learning_rate)
        return
    apply_momentum(
        variable,
        optimizer.momentums[index_of(optimizer, variable)],
        gradient,
        learning_rate,
        optimizer.momentum,
        nesterov=optimizer.nesterov,
    )


_STEPS: dict[Any, Callable[..., None]] = {
    keras.optimizers.Adam: _adam_step,
    keras.optimizers.SGD: _sgd_step,
}


def fits(gradient: Any, variable: Any) -> bool:
    """Whether there are operations for such a gradient and variable."""
    dense = not isinstance(gradient, tf.IndexedSlices)
    return dense and tf.as_dtype(variable.dtype) in _DTYPES


def _handle(variable: Any) -> Any:
    if isinstance(variable, keras.Variable):
        variable = variable.value
    return variable.handle
