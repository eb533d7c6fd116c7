"""What the authors of the 2014 paper ran on MNIST."""

from __future__ import annotations

from typing import Any

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_EPOCHS, _IMAGES, _BATCH_SIZE = 250, 50_000, 100
_STEPS = _EPOCHS * _IMAGES // _BATCH_SIZE


def _optimizer(learning_rate: float) -> dict[str, Any]:
    """SGD whose rate is divided by 1.000004 a step while its momentum grows."""
    return {
        "name": "keras_gan>MomentumSGD",
        "learning_rate": {
            "name": "ExponentialDecay",
            "initial_learning_rate": learning_rate,
            # Over all steps at once: 1 / 1.000004 itself has no float32 near enough.
            "decay_steps": _STEPS,
            "decay_rate": 1.000004**-_STEPS,
        },
        # A linear rise: a polynomial "decay" of power 1 to a higher end.
        "momentum": {
            "name": "PolynomialDecay",
            "initial_learning_rate": 0.5,
            "end_learning_rate": 0.7,
            "decay_steps": _STEPS,
            "power": 1.0,
        },
    }


PRESET = Preset(
    name="goodfellow2014",
    summary="The authors' own MNIST configuration of 2014, 250 epochs",
    reproduces=(
        "Goodfellow et al. 2014, the published MNIST configuration: first 50,000 "
        "images, non-saturating loss, falling rate, rising momentum, both networks "
        "updated at once on the same samples, where the paper alternates."
    ),
    expected=(
        "Parzen log-likelihood of the test set: 225 ± 2 nats in the paper, 183.3 ± 2.3 "
        "here, still growing (docs/table1.md)."
    ),
    duration="15 s an epoch on two CPU cores, an hour in all",
    recipe=Recipe(
        architecture="goodfellow_mlp",
        generator_optimizer=_optimizer(0.1),
        # The authors halve D's loss, (real + fake) / 2, which halves its rate.
        discriminator_optimizer=_optimizer(0.05),
        data="mnist",
        split=f"train[:{_IMAGES}]",
        value_range=(0.0, 1.0),
        latent_dim=100,
        prior="uniform",
        loss="non_saturating",
        simultaneous=True,
        batch_size=_BATCH_SIZE,
        epochs=_EPOCHS,
    ),
)
