"""Algorithm 1 of the 2014 paper: D is updated k times, then G once."""

from __future__ import annotations

from typing import Any

from keras_gan._typing import Tensor
from keras_gan.training.steps.game import Game, Turn


def alternating_updates(game: Game, data: Any) -> dict[str, Tensor]:
    """Does one training step on a batch; the networks are updated in turn.

    Args:
        game: The players and the rules.
        data: Images `(B, ...)`, or images and labels; k divides B.

    Returns:
        The logs of the step: the discriminator's are means over its k updates.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, Algorithm 1.
    """
    images, labels = game.batch(data)
    generator, discriminator, judge = game.generator, game.discriminator, game.judge()
    turns = []
    minibatches = game.minibatches(images, labels)
    with game.keyed_layers():
        fakes = game.samples_of_turns(minibatches)
        for j, (real, label, z) in enumerate(minibatches):
            fake = game.samples(z, label) if fakes is None else fakes[j]
            with game.tape() as tape:
                judged = judge.both(real, fake, label)
                d_loss = game.discriminator_loss(*judged, label)
                penalties = game.penalty_terms(judge, real, fake, label, update=j)
                objective = discriminator.objective(d_loss, *penalties)
            discriminator.descend(tape, objective)
            turns.append(Turn(d_loss, *judged))
        judged_real = turns[-1].real
        if game.loss.generator_needs_real_logits:
            # Asked again, so that one and the same D judges data and samples.
            judged_real = judge(real, label)
        z = game.latents(real, stream=game.discriminator_steps)
        with game.tape() as tape:
            judged_fake = judge(game.samples(z, label), label)
            g_loss = game.generator_loss(judged_real, judged_fake, label)
            objective = generator.objective(g_loss)
        logs = generator.descend(tape, objective, along=game.logs(turns, g_loss))
    return game.end_step(turns, logs, images)
