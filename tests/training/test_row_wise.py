"""The discriminator judges data and samples in one pass where that changes nothing."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.marks import slow_but_for

import keras_gan
from keras_gan import architectures
from keras_gan.training.steps.row_independence import keeps_rows_apart

SHAPE = (16, 16, 1)


class Own(keras.layers.Dense):
    """What a user may have written."""


def network(*layers):
    return keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(1)])


def mixing():
    """A functional model with an operation over the batch, that is no layer."""
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Dense(1)(x - keras.ops.mean(x, axis=0)))


class Subclassed(keras.Model):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    "make",
    [
        lambda: network(keras.layers.BatchNormalization()),
        lambda: network(keras_gan.layers.MinibatchStandardDeviation()),
        lambda: network(Own(3)),
        lambda: network(keras_gan.layers.SpectralNormalization(keras.layers.Dense(3))),
        lambda: network(keras.layers.Dense(3, activity_regularizer="l2")),
        lambda: network(keras.Sequential([keras.layers.BatchNormalization()])),
        lambda: network(keras.layers.Lambda(lambda x: x - keras.ops.mean(x, axis=0))),
        mixing,
        Subclassed,
        lambda: keras_gan.layers.PackedDiscriminator(
            keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)]), 2
        ),
    ],
)
def test_what_may_mix_rows_is_never_taken_for_row_wise(make):
    assert not keeps_rows_apart(make())


@pytest.mark.slow
def test_discriminators_are_row_wise_but_for_two_kinds():
    """Those with spectral normalization and with statistics of the batch are not."""
    for name in architectures.names():
        for classes in (None, 3):
            _, discriminator = architectures.build(
                name, image_shape=SHAPE, num_classes=classes
            )
            expected = name not in {"lean_dcgan", "sagan", "sngan_resnet"}
            assert keeps_rows_apart(discriminator) is expected, name


# The discriminator of "lean_dcgan" has statistics of the batch.
@pytest.mark.parametrize("name", sorted({*architectures.names()} - {"lean_dcgan"}))
@pytest.mark.parametrize("classes", [None, 3])
def test_a_row_of_a_row_wise_network_depends_on_no_other(name, classes):
    options = {}
    if name in {"r3gan", "sagan", "sngan_resnet"}:
        options = {"generator_filters": 16, "discriminator_filters": 16}
    _, discriminator = architectures.build(
        name, image_shape=SHAPE, num_classes=classes, **options
    )
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (6, *SHAPE)).astype(np.float32)
    inputs = [images] if classes is None else [images, np.arange(6) % 3]

    def logits(rows):
        given = [tf.constant(values[rows]) for values in inputs]
        return discriminator(given if len(given) > 1 else given[0]).numpy()

    whole = logits(slice(None))
    parts = np.concatenate([logits(slice(0, 2)), logits(slice(2, 6))])
    np.testing.assert_allclose(whole, parts, rtol=1e-4, atol=1e-5)


def trained(discriminator_layer, classes=None, **options):
    keras.utils.set_random_seed(0)
    z = inputs = x = keras.Input((3,))
    images = judged = y = keras.Input((4,))
    if classes is not None:
        label = keras.Input((), dtype="int32")
        inputs, judged = [z, label], [images, label]
        x = keras.layers.Concatenate()([z, keras.layers.Embedding(classes, 2)(label)])
        y = keras.layers.Concatenate()([y, keras.layers.Embedding(classes, 2)(label)])
    generator = keras.Model(inputs, keras.layers.Dense(4)(x))
    y = keras.layers.LeakyReLU()(discriminator_layer(5)(y))
    heads = keras.layers.Dense(1)(y)
    if options.pop("auxiliary", False):
        judged, heads = images, None
        y = keras.layers.LeakyReLU()(discriminator_layer(5)(images))
        heads = [keras.layers.Dense(1)(y), keras.layers.Dense(classes)(y)]
    gan = keras_gan.GAN(
        generator,
        keras.Model(judged, heads),
        num_classes=classes,
        value_range=None,
        seed=1,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.1, momentum=0.5),
        discriminator_optimizer=keras.optimizers.SGD(0.05),
        **options,
    )
    random = np.random.default_rng(0)
    data = random.normal(size=(24, 4)).astype(np.float32)
    labels = None if classes is None else random.integers(0, classes, 24)
    history = gan.fit(data, labels, batch_size=8, epochs=3, verbose=0)
    return gan, history.history


OPTIONS = {
    "plain": {},
    "labels": {"classes": 3},
    "class logits": {
        "classes": 3,
        "auxiliary": True,
        "loss": keras_gan.losses.AuxiliaryClassifier("hinge"),
    },
    "relativistic": {"loss": "relativistic_average"},
    "penalty": {
        "discriminator_steps": 2,
        "penalties": [keras_gan.losses.penalties.R1(1.0)],
    },
    "noise": {"augment": keras_gan.augmentation.InstanceNoise(0.1)},
    "wasserstein": {"loss": "wasserstein"},
}


@pytest.mark.parametrize(
    "options", slow_but_for(["labels", "class logits", "penalty"], OPTIONS)
)
def test_one_pass_trains_as_two_do(options):
    """A layer of the user's own makes two passes; it computes the same."""
    one, history = trained(keras.layers.Dense, **options)
    two, expected = trained(Own, **options)
    assert keeps_rows_apart(one.discriminator)
    assert not keeps_rows_apart(two.discriminator)
    for name, values in history.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(one.weights, two.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6)
