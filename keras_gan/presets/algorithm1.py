"""The paper's Algorithm 1, to the letter."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_SGD = {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5}

PRESET = Preset(
    name="algorithm1",
    summary="Algorithm 1 of the 2014 paper: alternating steps, the saturating loss",
    reproduces=(
        "Goodfellow et al. 2014, Algorithm 1 with k = 1: D ascends and G descends the "
        "minimax value function by SGD with momentum, on the paper's MNIST networks."
    ),
    expected=(
        "The game as the proofs have it. Where D is sure, log(1 - D(G(z))) is flat and "
        "G learns slowly (the paper's section 3); 'goodfellow2014' is the cure."
    ),
    duration="about 3 s an epoch on two CPU cores",
    recipe=Recipe(
        architecture="goodfellow_mlp",
        generator_optimizer=_SGD,
        discriminator_optimizer=_SGD,
        data="mnist_10k",
        value_range=(0.0, 1.0),
        latent_dim=100,
        prior="uniform",
        loss="minimax",
        discriminator_steps=1,
        batch_size=100,
        epochs=50,
    ),
)
