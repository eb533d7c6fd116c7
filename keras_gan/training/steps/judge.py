"""Asks the discriminator about images, in one pass or in several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import tensorflow as tf

from keras_gan._typing import Tensor

Outputs: TypeAlias = Tensor | tuple[Tensor, Tensor]
"""D's logits `(B,)`, or its logits and class logits `(B, num_classes)`."""


class Judge:
    """The discriminator in a training step, which sees images after augmentation.

    Args:
        outputs: Maps images as D sees them, and labels or None, to D's outputs.
        show: Maps images to images as D sees them.
        rows_apart: Whether D judges each image regardless of the others in its batch.
    """

    def __init__(
        self,
        outputs: Callable[[Tensor, Tensor | None], Outputs],
        show: Callable[[Tensor], Tensor],
        *,
        rows_apart: bool,
    ) -> None:
        self._outputs = outputs
        self._show = show
        self._rows_apart = rows_apart

    def __call__(self, images: Tensor, labels: Tensor | None) -> Outputs:
        """Returns D's outputs on images."""
        return self._outputs(self._show(images), labels)

    def both(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Outputs, Outputs]:
        """Returns D's outputs on data and on samples.

        One pass over both replaces two where the outputs are the same, because a CPU
        computes larger products at a better rate.
        """
        if not self._rows_apart:
            return self(real, labels), self(fake, labels)
        shown = tf.concat([self._show(real), self._show(fake)], axis=0)
        if labels is not None:
            labels = tf.concat([labels, labels], axis=0)
        outputs = self._outputs(shown, labels)
        if not isinstance(outputs, tuple):
            return _halves(outputs)
        (real_logits, fake_logits), (real_classes, fake_classes) = map(_halves, outputs)
        return (real_logits, real_classes), (fake_logits, fake_classes)


def outputs_of(returned: Tensor) -> Outputs:
    """Returns D's logits, or [logits, class_logits], in float32.

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
    """Returns the means of D(x) and D(G(z)), which meet at 1/2 where the game ends."""
    return {
        "d_real": tf.reduce_mean(tf.sigmoid(logits_in(real))),
        "d_fake": tf.reduce_mean(tf.sigmoid(logits_in(fake))),
    }


def _halves(tensor: Tensor) -> tuple[Tensor, Tensor]:
    first, second = tf.split(tensor, 2)
    return first, second


def _mean_of_rows(logits: Tensor) -> Tensor:
    logits = tf.cast(logits, tf.float32)
    return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)
