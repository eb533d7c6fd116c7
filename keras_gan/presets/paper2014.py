"""Presets of the 2014 paper and of the lecture on it: perceptrons on MNIST."""

from __future__ import annotations

from typing import Any

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_EPOCHS, _IMAGES, _BATCH_SIZE = 250, 50_000, 100
_STEPS = _EPOCHS * _IMAGES // _BATCH_SIZE


def _falling_sgd(learning_rate: float) -> dict[str, Any]:
    """Describes SGD: each step divides the rate by 1.000004 and raises the momentum."""
    return {
        "name": "keras_gan>MomentumSGD",
        "learning_rate": {
            "name": "ExponentialDecay",
            "initial_learning_rate": learning_rate,
            # One decay over all steps: 1 / 1.000004 is not exact enough in float32.
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


GOODFELLOW2014 = Preset(
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
        generator_optimizer=_falling_sgd(0.1),
        # The authors halve D's loss, (real + fake) / 2, which halves its rate.
        discriminator_optimizer=_falling_sgd(0.05),
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

_SGD = {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5}

ALGORITHM1 = Preset(
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

_LECTURE_ADAM = {"name": "adam", "learning_rate": 2e-4, "beta_1": 0.5}

LECTURE = Preset(
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
        generator_optimizer=_LECTURE_ADAM,
        discriminator_optimizer=_LECTURE_ADAM,
        data="mnist_10k",
        loss="non_saturating",
        latent_dim=100,
        batch_size=128,
        epochs=100,
    ),
)

LECTURE_NOTEBOOK = Preset(
    name="lecture_notebook",
    summary="The lecture's practice notebook at full length: all of MNIST, 200 epochs",
    reproduces=(
        "The notebook's PyTorch code, step for step: G's first layer not normalized, "
        "0.8 as the ε of batch normalization, PyTorch's initial values, and D updated "
        "on the samples from before G's update, which is updating both at once."
    ),
    expected=(
        "Readable digits, some of them broken; not measured yet. docs/lecture.md says "
        "where notebook, slides and paper differ."
    ),
    duration="some 15 minutes on two CPU cores, by the time of a step",
    recipe=Recipe(
        architecture="lecture_mlp",
        generator_optimizer={**_LECTURE_ADAM, "epsilon": 1e-8},
        discriminator_optimizer={**_LECTURE_ADAM, "epsilon": 1e-8},
        data="mnist",
        loss="non_saturating",
        simultaneous=True,
        latent_dim=100,
        batch_size=128,
        epochs=200,
    ),
)
