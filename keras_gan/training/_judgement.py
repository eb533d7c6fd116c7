"""What a discriminator makes of images."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import tensorflow as tf

from keras_gan._typing import Tensor

Outputs: TypeAlias = Tensor | tuple[Tensor, Tensor]
"""D's logits `(B,)`, or its logits and class logits `(B, num_classes)`."""


class Judge:
    """D as a training step asks it: about images that the augmentation changed.

    Args:
        outputs: From images as D is shown them, and labels where there are any, to
            what D makes of them.
        show: From images to what D is shown of them.
        row_wise: Whether D judges each image regardless of the others in its batch.
    """

    def __init__(
        self,
        outputs: Callable[[Tensor, Tensor | None], Outputs],
        show: Callable[[Tensor], Tensor],
        *,
        row_wise: bool,
    ) -> None:
        self._outputs = outputs
        self._show = show
        self._row_wise = row_wise

    def __call__(self, images: Tensor, labels: Tensor | None) -> Outputs:
        """What D makes of images."""
        return self._outputs(self._show(images), labels)

    def both(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Outputs, Outputs]:
        """What D makes of data and of samples: one pass where that is the same.

        Larger products are computed at a better rate.
        """
        if not self._row_wise:
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


def _halves(tensor: Tensor) -> tuple[Tensor, Tensor]:
    first, second = tf.split(tensor, 2)
    return first, second


def _mean_of_rows(logits: Tensor) -> Tensor:
    logits = tf.cast(logits, tf.float32)
    return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)
