"""What every loss asks of its logits."""

from __future__ import annotations

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def check_logits(real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Returns both as floating tensors if they have one shape, else raises."""
    import tensorflow as tf

    real, fake = tf.convert_to_tensor(real_logits), tf.convert_to_tensor(fake_logits)
    for argument, logits in (("real_logits", real), ("fake_logits", fake)):
        if not logits.dtype.is_floating:
            raise InputError(
                f"`{argument}` must be floating point; got {logits.dtype.name}."
            )
    if not real.shape.is_compatible_with(fake.shape):
        raise InputError(
            "`real_logits` and `fake_logits` must have one shape; got "
            f"{tuple(real.shape)} and {tuple(fake.shape)}."
        )
    return real, fake
