"""Updates both networks at once from the same samples, as the 2014 authors did."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.training.steps.game import Game, Turn


def simultaneous_updates(game: Game, data: Any) -> dict[str, Tensor]:
    """Does one training step on a batch; both networks are updated at once.

    Args:
        game: The players and the rules.
        data: Images `(B, ...)`, or images and labels.

    Returns:
        The logs of the step.
    """
    images, labels = game.batch(data)
    generator, discriminator, judge = game.generator, game.discriminator, game.judge()
    with game.keyed_layers():
        z = game.latents(images, stream=0)
        with game.tape(persistent=True) as tape:
            fake = game.samples(z, labels)
            judged = judge(images, labels), judge(fake, labels)
            d_loss = game.discriminator_loss(*judged, labels)
            g_loss = game.generator_loss(*judged, labels)
            constant = tf.stop_gradient(fake)
            penalties = game.penalty_terms(judge, images, constant, labels, update=0)
            d_objective = discriminator.objective(d_loss, *penalties)
            g_objective = generator.objective(g_loss)
        # Both gradients are computed before either network changes.
        d_gradients = discriminator.gradients(tape, d_objective)
        g_gradients = generator.gradients(tape, g_objective)
        discriminator.move(d_gradients)
        turns = [Turn(d_loss, *judged)]
        logs = generator.move(g_gradients, along=game.logs(turns, g_loss))
    return game.end_step(turns, logs, images)
