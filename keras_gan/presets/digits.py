"""Sharp digits from the bundled data in minutes."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_ADAM = {"name": "adam", "learning_rate": 1e-3, "beta_1": 0.5}

PRESET = Preset(
    name="digits",
    summary="Handwritten digits by class from the bundled data, in minutes on a CPU",
    reproduces=(
        "A lean conditional DCGAN (Radford et al. 2016; Mirza & Osindero 2014) with a "
        "moving average of the generator."
    ),
    expected="Sample grids whose columns are the digits 0 to 9, readable to anyone.",
    duration="under 5 minutes on two CPU cores",
    recipe=Recipe(
        architecture="dcgan",
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="mnist_10k",
        labels=True,
        prior="normal",
        loss="non_saturating",
        ema_decay=0.995,
        batch_size=32,
        epochs=12,
    ),
)
