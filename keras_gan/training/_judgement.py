"""What a discriminator makes of images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import tensorflow as tf

from keras_gan._typing import Tensor

Outputs: TypeAlias = Tensor | tuple[Tensor, Tensor]
"""D's logits `(B,)`, or its logits and class logits `(B, num_classes)`."""

Judge: TypeAlias = Callable[[Tensor, Tensor | None], Outputs]
"""From images, and labels where there are any, to what D makes of them."""


def outputs_of(returned: Tensor) -> Outputs:
    """Returns in float32 what D returned: logits, or [logits, class_logits].

    A map of logits is averaged, so that there is one for each row.
    """
    if isinstance(returned, (tuple, list)):
        logits, class_logits = returned
        return _mean_of_rows(logits), tf.cast(class_logits, tf.float32)
    return _mean_of_rows(returned)


def logits_in(outputs: Outputs) -> Tensor:
    """Returns the logits alone."""
    return outputs[0] if isinstance(outputs, tuple) else outputs


def mean_probabilities(real: Outputs, fake: Outputs) -> dict[str, Tensor]:
    """The means of D(x) and D(G(z)), which meet at 1/2 where the game ends."""
    return {
        "d_real": tf.reduce_mean(tf.sigmoid(logits_in(real))),
        "d_fake": tf.reduce_mean(tf.sigmoid(logits_in(fake))),
    }


def _mean_of_rows(logits: Tensor) -> Tensor:
    logits = tf.cast(logits, tf.float32)
    return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)
