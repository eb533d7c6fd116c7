"""Checks of logits and images, and the precision in which losses sum them."""

from __future__ import annotations

import inspect
from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def check_arguments_saved(instance: Any, base: type) -> None:
    """Refuses an empty config for a class whose constructor takes arguments.

    Args:
        instance: A loss or a penalty.
        base: The class whose `get_config` returns nothing.

    Raises:
        NotImplementedError: If the class did not override it. A saved GAN would be
            loaded with other arguments.
    """
    kind = type(instance)
    if kind.get_config is not base.get_config:  # type: ignore[attr-defined]
        return
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    parameters = inspect.signature(kind).parameters.values()
    arguments = [each.name for each in parameters if each.kind in named]
    if arguments:
        raise NotImplementedError(
            f"Object {kind.__name__} must override `get_config`, because its "
            f"constructor takes {', '.join(arguments)}."
        )


def check_logits(real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Returns both in float32 or wider if they have one shape, else raises."""
    real = check_floating("real_logits", real_logits)
    fake = check_floating("fake_logits", fake_logits)
    check_same_shape("real_logits", real, "fake_logits", fake)
    real, fake = at_least_float32(real), at_least_float32(fake)
    if real.dtype != fake.dtype:
        raise InputError(
            "`real_logits` and `fake_logits` must have one precision; got "
            f"{real.dtype.name} and {fake.dtype.name}. Cast one of them."
        )
    if not (real.shape.is_fully_defined() and fake.shape.is_fully_defined()):
        # Shapes that are open until the graph runs: stacking refuses those that
        # differ, where arithmetic would broadcast them.
        real, fake = tf.unstack(tf.stack([real, fake]))
    return real, fake


def check_same_shape(
    argument: str, tensor: Tensor, other_argument: str, other: Tensor
) -> None:
    """Raises if the shapes of two tensors differ, as far as they are known."""
    if not tensor.shape.is_compatible_with(other.shape):
        raise InputError(
            f"`{argument}` and `{other_argument}` must have one shape; got "
            f"{tuple(tensor.shape)} and {tuple(other.shape)}."
        )


def check_floating(argument: str, value: Tensor) -> Tensor:
    """Returns `value` as a tensor if it is floating point, else raises."""
    tensor = tf.convert_to_tensor(value)
    if not tensor.dtype.is_floating:
        raise InputError(
            f"`{argument}` must be floating point; got {tensor.dtype.name}."
        )
    return tensor


def at_least_float32(tensor: Tensor) -> Tensor:
    """Returns float16 and bfloat16 as float32, in which sums and squares are safe."""
    return tf.cast(tensor, tf.float32) if tensor.dtype.size < 4 else tensor
