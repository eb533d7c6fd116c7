"""A thousand modes: three random digits in the colours of one image."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_ADAM = {"name": "adam", "learning_rate": 1e-3, "beta_1": 0.5, "beta_2": 0.99}

PRESET = Preset(
    name="stacked_mnist",
    summary="A thousand modes: three random digits in the colours of one image",
    reproduces=(
        "Stacked-MNIST of Lin et al. 2018 (PacGAN): how many of the 1,000 triples of "
        "digits a generator makes, as a digit classifier tells them."
    ),
    expected="See docs/mode_coverage.md.",
    duration="60 minutes on two slow CPU cores",
    recipe=Recipe(
        architecture="dcgan",
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="stacked:mnist_10k",
        loss="non_saturating",
        pack=2,
        ema_decay=0.999,
        latent_dim=100,
        batch_size=64,
        epochs=10,
    ),
)
