"""The digits of MNIST as likely as the real ones, on two CPU cores."""

from __future__ import annotations

from keras_gan.presets.digits import PRESET as DIGITS
from keras_gan.presets.preset import Preset

_EPOCHS, _IMAGES = 15, 50_000
_ADAM = {
    "name": "adam",
    "learning_rate": {
        "name": "CosineDecay",
        "initial_learning_rate": 1e-3,
        "decay_steps": _EPOCHS * (_IMAGES // DIGITS.recipe.batch_size),
    },
    "beta_1": 0.5,
    "beta_2": 0.99,
}

PRESET = Preset(
    name="mnist",
    summary="Digits from the whole of MNIST, for Table 1 of the 2014 paper",
    reproduces=(
        "The task of Goodfellow et al. 2014, Table 1, with networks of 2016 (a lean "
        "conditional DCGAN), the R1 penalty of Mescheder et al. 2018, rates that fall "
        "to zero and a moving average of the generator."
    ),
    expected=(
        "Parzen log-likelihood of the test set 237 ± 2 nats (docs/table1.md; real "
        "images 242 ± 2). Without R1 the discriminator gets ahead, and after 224 nats "
        "in the fifth epoch the samples get less likely, 214 in the ninth."
    ),
    duration="20 minutes on two slow CPU cores",
    recipe=DIGITS.recipe.replace(
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="mnist",
        split=f"train[:{_IMAGES}]",
        penalties=({"name": "R1", "gamma": 1.0},),
        ema_decay=0.999,
        epochs=_EPOCHS,
    ),
)
