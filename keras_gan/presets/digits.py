"""Presets of one conditional DCGAN: digits, and the same networks on other data."""

from __future__ import annotations

from keras_gan.presets._optimizers import cosine_adam
from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_ADAM = {"name": "adam", "learning_rate": 1e-3, "beta_1": 0.5, "beta_2": 0.99}
_BATCH_SIZE = 32

DIGITS = Preset(
    name="digits",
    summary="Handwritten digits by class from the bundled data, in minutes on a CPU",
    reproduces=(
        "A lean conditional DCGAN (Radford et al. 2016; Mirza & Osindero 2014) with a "
        "moving average of the generator."
    ),
    expected=(
        "At least 60 of 64 samples readable, of all ten classes; a classifier of "
        "99.4 % test accuracy gives 98 % of 1,000 samples a top probability >= 0.9, "
        "as it does of real test images, and agrees with 99 % of the labels."
    ),
    duration="4 minutes on two slow CPU cores (60 ms a step)",
    recipe=Recipe(
        architecture="dcgan",
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="mnist_10k",
        labels=True,
        prior="normal",
        loss="non_saturating",
        ema_decay=0.995,
        latent_dim=64,
        batch_size=_BATCH_SIZE,
        epochs=11,
    ),
)

_CONDITIONAL_EPOCHS = 22
# At a constant rate the second half of the training costs variety: the Fréchet distance
# to digits of the test set, in features of the bundled classifier, grows to 42.
_CONDITIONAL_ADAM = cosine_adam(
    1e-3, 0.5, _CONDITIONAL_EPOCHS * (10_000 // _BATCH_SIZE)
)

CONDITIONAL_DIGITS = Preset(
    name="conditional_digits",
    summary="'digits' trained twice as long, to be asked for digits by their label",
    reproduces=(
        "A conditional generator (Mirza & Osindero 2014) against a projection "
        "discriminator (Miyato & Koyama 2018, eq. 3), at rates that fall to zero."
    ),
    expected=(
        "The bundled classifier agrees with the asked label for 99.8 % of 2,000 "
        "samples ('digits': 99.4 %; real digits: 99.3 %). In its features precision "
        "0.90 and recall 0.66 ('digits': 0.88 and 0.65), Fréchet distance to 2,000 "
        "test digits 37 ('digits': 35; real digits: 22)."
    ),
    duration="4 minutes on two slow CPU cores",
    recipe=DIGITS.recipe.replace(
        generator_optimizer=_CONDITIONAL_ADAM,
        discriminator_optimizer=_CONDITIONAL_ADAM,
        epochs=_CONDITIONAL_EPOCHS,
    ),
)

FASHION = Preset(
    name="fashion",
    summary="Clothes by class: the networks of 'digits' on the whole of Fashion-MNIST",
    reproduces=(
        "A lean conditional DCGAN (Radford et al. 2016) on Xiao et al. 2017. Where "
        "tensorflow-datasets has no network, `--data idx:PATH` takes the four files of "
        "Fashion-MNIST, such as those of Debian's package dataset-fashion-mnist."
    ),
    expected=(
        "Ten kinds of clothes, each column of the samples one of them; bags and prints "
        "are the weakest. Of 2,000 samples, by their pixels: Fréchet distance 28, "
        "precision 0.84, recall 0.41."
    ),
    duration="7 minutes on two slow CPU cores",
    recipe=DIGITS.recipe.replace(data="fashion_mnist", batch_size=64, epochs=10),
)

_MNIST_EPOCHS, _MNIST_IMAGES = 10, 50_000
_MNIST_STEPS = _MNIST_EPOCHS * (_MNIST_IMAGES // _BATCH_SIZE)
_MNIST_ADAM = cosine_adam(1e-3, 0.5, _MNIST_STEPS, alpha=0.25)

MNIST = Preset(
    name="mnist",
    summary="Digits from the whole of MNIST, for Table 1 of the 2014 paper",
    reproduces=(
        "The task of Goodfellow et al. 2014, Table 1, with networks of 2016 (a lean "
        "conditional DCGAN), the R1 penalty of Mescheder et al. 2018, rates that fall "
        "to a quarter and a long moving average of the generator."
    ),
    expected=(
        "Parzen log-likelihood of the test set 242 to 244 ± 2 nats in three of three "
        "seeds (docs/table1.md; real images 242 ± 2)."
    ),
    duration="15 minutes on one CPU core",
    recipe=DIGITS.recipe.replace(
        generator_optimizer=_MNIST_ADAM,
        discriminator_optimizer=_MNIST_ADAM,
        data="mnist",
        split=f"train[:{_MNIST_IMAGES}]",
        architecture_options={"generator_filters": 96},
        penalties=({"name": "R1", "gamma": 1.0},),
        ema_decay=0.9995,
        epochs=_MNIST_EPOCHS,
    ),
)
