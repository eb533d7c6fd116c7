"""The practice network that accompanies the lecture on the 2014 paper."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_ADAM = {"name": "adam", "learning_rate": 2e-4, "beta_1": 0.5}

PRESET = Preset(
    name="lecture",
    summary="The lecture's practice network: two perceptrons on handwritten digits",
    reproduces=(
        "The deck's exercise: generator 100-128-256-512-1024-784 with batch "
        "normalization and LeakyReLU 0.2, tanh; discriminator 784-512-256-1; Adam."
    ),
    expected=(
        "Grainy digits of all ten classes, most of them readable: the bundled "
        "classifier is 90 % sure of 76 % of 2,000 samples (of real digits: 98 %)."
    ),
    duration="4 minutes on two slow CPU cores",
    recipe=Recipe(
        architecture="mlp",
        architecture_options={
            "generator_units": [128, 256, 512, 1024],
            "discriminator_units": [512, 256],
            "activation": "leaky_relu",
            "generator_batch_normalization": True,
        },
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="mnist_10k",
        loss="non_saturating",
        latent_dim=100,
        batch_size=128,
        epochs=100,
    ),
)
