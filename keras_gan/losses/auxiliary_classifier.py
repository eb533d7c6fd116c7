"""A loss for a discriminator that also classifies, as in the AC-GAN."""

from __future__ import annotations

from typing import Any, Self

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_float
from keras_gan._typing import Tensor
from keras_gan.losses._checks import at_least_float32, check_floating
from keras_gan.losses.adversarial import get
from keras_gan.losses.loss import AdversarialLoss, with_flags

# D's logits `(B, ...)` and its class logits `(B, num_classes)`.
Outputs = tuple[Tensor, Tensor]


def class_cross_entropy(class_logits: Tensor, labels: Tensor) -> Tensor:
    """Returns −E log P(C = c | x), a scalar in nats.

    With class logits a, log P(C = c | x) = a_c − log Σ_j exp(a_j).

    Args:
        class_logits: `(B, num_classes)` logits a.
        labels: `(B,)` integers c, each from 0 to num_classes − 1.

    Raises:
        ValueError: If the shapes do not fit, or the logits are not floating point.
    """
    logits = at_least_float32(check_floating("class_logits", class_logits))
    labels = tf.convert_to_tensor(labels)
    if logits.shape.rank != 2 or not labels.shape.is_compatible_with(logits.shape[:1]):
        raise InputError(
            "`class_logits` must have the shape (batch, num_classes) and `labels` one "
            f"number for each row; got {tuple(logits.shape)} and "
            f"{tuple(labels.shape)}."
        )
    entropies = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(entropies)


@keras.saving.register_keras_serializable("keras_gan")
class AuxiliaryClassifier:
    """An adversarial loss plus the cross-entropy of a classifier, for both players.

    The generator takes labels. The discriminator takes images alone, and returns
    `[logits, class_logits]` of shapes `(B, 1)` and `(B, num_classes)`. Only the
    classifier teaches the generator to draw the class that it is asked for.

    D minimises  d_loss + λ (−E log P(C = c | x) − E log P(C = c | G(z, c))),
    G minimises  g_loss − λ E log P(C = c | G(z, c)).

    Args:
        loss: The adversarial loss: a name that `losses.get` knows, or an object.
        weight: The factor λ > 0 of the cross-entropy, which is in nats.

    Attributes:
        needs_class_logits: True: training hands over D's two outputs and the labels.

    Raises:
        ValueError: If the loss is unknown or is one of this class, or `weight` is not
            positive.

    Example:
        >>> gan = keras_gan.GAN(generator, discriminator, num_classes=10)
        >>> loss = keras_gan.losses.AuxiliaryClassifier("hinge", weight=0.5)
        >>> gan.compile("adam", "adam", loss)

    Source: Odena et al., "Conditional Image Synthesis With Auxiliary Classifier GANs",
    2017, eq. 2 and 3.
    """

    needs_class_logits = True

    def __init__(
        self, loss: str | AdversarialLoss = "non_saturating", weight: float = 1.0
    ) -> None:
        if isinstance(loss, AuxiliaryClassifier):
            raise InputError(
                "`loss` of AuxiliaryClassifier is the adversarial loss beside the "
                "classifier, not another AuxiliaryClassifier."
            )
        self.loss = get(loss)
        self.weight = check_positive_float("weight", weight)

    @property
    def generator_needs_real_logits(self) -> bool:
        """True where the generator's loss needs D's logits on data."""
        return with_flags(self.loss).generator_needs_real_logits

    @property
    def estimates_probability(self) -> bool:
        """True where σ(D(x)) of the adversarial loss estimates a probability."""
        return with_flags(self.loss).estimates_probability

    def discriminator_loss(
        self, real_outputs: Outputs, fake_outputs: Outputs, labels: Tensor
    ) -> Tensor:
        """Returns the scalar that the discriminator minimises.

        Args:
            real_outputs: D's logits `(B, 1)` and class logits `(B, num_classes)` on
                data.
            fake_outputs: The same on samples of the same labels.
            labels: `(B,)` integers, each from 0 to num_classes − 1.

        Raises:
            ValueError: If the shapes do not fit, or an output is not floating point.
        """
        (real, real_classes), (fake, fake_classes) = real_outputs, fake_outputs
        entropies = class_cross_entropy(real_classes, labels)
        entropies += class_cross_entropy(fake_classes, labels)
        return self.loss.discriminator_loss(real, fake) + self.weight * entropies

    def generator_loss(
        self, real_outputs: Outputs, fake_outputs: Outputs, labels: Tensor
    ) -> Tensor:
        """Returns the scalar that the generator minimises.

        Args:
            real_outputs: D's logits `(B, 1)` and class logits `(B, num_classes)` on
                data.
            fake_outputs: The same on samples.
            labels: `(B,)` integers, of which the samples were made.

        Raises:
            ValueError: If the shapes do not fit, or an output is not floating point.
        """
        (real, _), (fake, fake_classes) = real_outputs, fake_outputs
        entropy = class_cross_entropy(fake_classes, labels)
        return self.loss.generator_loss(real, fake) + self.weight * entropy

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            "loss": keras.saving.serialize_keras_object(self.loss),
            "weight": self.weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the loss of what `get_config` returned.

        Args:
            config: The constructor's arguments by name.
        """
        loss = keras.saving.deserialize_keras_object(config["loss"])
        return cls(**{**config, "loss": loss})
