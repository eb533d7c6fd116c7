"""Computes the logs of one batch without touching any weight."""

from __future__ import annotations

from typing import Any

from keras_gan._typing import Tensor
from keras_gan.training.steps.augmenting import augmented_for_evaluation
from keras_gan.training.steps.game import Game
from keras_gan.training.steps.judge import mean_probabilities
from keras_gan.training.steps.streams import EVALUATION


def evaluate_batch(game: Game, data: Any) -> dict[str, Tensor]:
    """Returns the losses of both players and the means of D(x) and D(G(z)).

    Args:
        game: The players and the rules; its position is the number of the batch.
        data: Images `(B, ...)`, or images and labels.
    """
    images, labels = game.batch(data)
    z = game.latents(images, stream=EVALUATION)
    with game.keyed_layers():
        fake = game.samples(z, labels, training=False)
        real, fake = (
            game.outputs(augmented_for_evaluation(game.augment, shown), labels)
            for shown in (images, fake)
        )
    return {
        "d_loss": game.discriminator_loss(real, fake, labels),
        "g_loss": game.generator_loss(real, fake, labels),
        **mean_probabilities(real, fake),
    }
