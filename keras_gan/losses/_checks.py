"""What every loss asks of its logits."""

from __future__ import annotations

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def check_logits(real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Returns both in float32 or wider if they have one shape, else raises."""
    import tensorflow as tf

    real = check_floating("real_logits", real_logits)
    fake = check_floating("fake_logits", fake_logits)
    if not real.shape.is_compatible_with(fake.shape):
        raise InputError(
            "`real_logits` and `fake_logits` must have one shape; got "
            f"{tuple(real.shape)} and {tuple(fake.shape)}."
        )
    real, fake = at_least_float32(real), at_least_float32(fake)
    if real.dtype != fake.dtype:
        raise InputError(
            "`real_logits` and `fake_logits` must have one precision; got "
            f"{real.dtype.name} and {fake.dtype.name}. Cast one of them."
        )
    if not (real.shape.is_fully_defined() and fake.shape.is_fully_defined()):
        # Stacking refuses, while the graph runs, what broadcasting would let through.
        real, fake = tf.unstack(tf.stack([real, fake]))
    return real, fake


def check_floating(argument: str, value: Tensor) -> Tensor:
    """Returns `value` as a tensor if it is floating point, else raises."""
    import tensorflow as tf

    tensor = tf.convert_to_tensor(value)
    if not tensor.dtype.is_floating:
        raise InputError(
            f"`{argument}` must be floating point; got {tensor.dtype.name}."
        )
    return tensor


def at_least_float32(tensor: Tensor) -> Tensor:
    """Returns float16 and bfloat16 as float32, in which sums and squares are safe."""
    import tensorflow as tf

    return tf.cast(tensor, tf.float32) if tensor.dtype.size < 4 else tensor
