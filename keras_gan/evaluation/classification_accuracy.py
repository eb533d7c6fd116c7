"""Judges a conditional generator by a classifier that learns from its samples alone."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from keras_gan._checks import InputError, check_positive_int
from keras_gan.priors.generator_protocol import Generator

Labelled = tuple[Any, Any]


class ClassificationAccuracy(NamedTuple):
    """The accuracies of two equal classifiers on the same held-out images, in [0, 1].

    Attributes:
        fake: That of the classifier that learned from samples.
        real: That of the classifier that learned from as many real images.
    """

    fake: float
    real: float


def classification_accuracy(
    generator: Generator,
    train: Labelled,
    held_out: Labelled,
    *,
    epochs: int = 10,
    batch_size: int = 64,
    seed: int = 0,
) -> ClassificationAccuracy:
    """Returns how well a classifier that saw only samples knows real images.

    It learns from samples of the labels of `train`. The same small convolutional
    network, with the same initial weights and order of batches, learns from `train`
    itself: a generator that lacks nothing which the classes differ in reaches its
    accuracy. One that leaves out a class, mixes up labels or draws few variants does
    not. The value depends on all arguments; compare it with `real` beside it.

    Args:
        generator: A `GAN` with classes, or an exported one.
        train: Real images `(N, H, W, C)` in the generator's range and their labels
            `(N,)`, integers from 0.
        held_out: Real images and labels, of the same shapes, that are in neither
            `train` nor the training of the generator.
        epochs: Passes of each classifier over its N images.
        batch_size: Images per step of a classifier.
        seed: A non-negative integer for the samples, the weights and the order.

    Raises:
        ValueError: If the generator has no classes, images and labels do not fit, or
            `epochs` or `batch_size` is no positive integer.

    Example:
        >>> accuracy = evaluation.classification_accuracy(gan, train, test)
        >>> accuracy.fake, accuracy.real  # doctest: +SKIP
        (0.91, 0.97)

    Source: Ravuri & Vinyals, "Classification Accuracy Score for Conditional Generative
    Models", 2019, §3.
    """
    epochs = check_positive_int("epochs", epochs)
    batch_size = check_positive_int("batch_size", batch_size)
    seed = check_positive_int("seed", seed, minimum=0)
    classes, value_range = generator.num_classes, generator.value_range
    if classes is None or value_range is None:
        raise InputError(
            "`generator` must draw images of classes; this one has none. Train one "
            "with `num_classes`, in a recipe `labels=True`."
        )
    shape = tuple(generator.image_shape)
    images, labels = _checked("train", train, shape, classes)
    tested = _checked("held_out", held_out, shape, classes)
    samples = generator.sample(len(labels), seed=seed, labels=labels)
    if samples.dtype == np.uint8:
        low, high = value_range
        samples = low + (high - low) / 255 * samples.astype(np.float32)
    options = (classes, value_range, epochs, batch_size, seed)
    return ClassificationAccuracy(
        *(_accuracy(each, labels, tested, *options) for each in (samples, images))
    )


def _checked(
    argument: str, pair: Labelled, shape: tuple[int, ...], classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns images as float32 and labels as int32."""
    images, labels = np.asarray(pair[0], np.float32), np.asarray(pair[1])
    if images.shape[1:] != shape or not len(images):
        raise InputError(
            f"`{argument}` must hold images of the generator's shape {shape}; got "
            f"{images.shape}."
        )
    fits = labels.shape == (len(images),) and labels.dtype.kind in "iu"
    if not fits or labels.min() < 0 or labels.max() >= classes:
        raise InputError(
            f"`{argument}` must hold one integer label in [0, {classes}) for each of "
            f"{len(images)} images; got {labels.dtype} of shape {labels.shape}."
        )
    return images, labels.astype(np.int32)


def _accuracy(
    images: np.ndarray,
    labels: np.ndarray,
    tested: tuple[np.ndarray, np.ndarray],
    classes: int,
    value_range: tuple[float, float],
    epochs: int,
    batch_size: int,
    seed: int,
) -> float:
    """Returns the accuracy on other images of a classifier that learns from these."""
    network = _classifier(images.shape[1:], classes, seed)
    low, high = value_range
    unit, other = (2 * (x - low) / (high - low) - 1 for x in (images, tested[0]))
    for epoch in range(epochs):
        order = np.random.default_rng((seed, epoch)).permutation(len(unit))
        network.fit(
            unit[order], labels[order], batch_size=batch_size, shuffle=False, verbose=0
        )
    answers = network.predict(other, batch_size=500, verbose=0).argmax(axis=1)
    return float(np.mean(answers == tested[1]))


def _classifier(image_shape: tuple[int, ...], classes: int, seed: int) -> Any:
    """Returns a compiled network of three convolutions, the same for the same seed."""
    import keras

    seeds = iter(range(4 * seed, 4 * seed + 4))

    def initial() -> Any:
        return keras.initializers.HeNormal(seed=next(seeds))

    x = inputs = keras.Input(image_shape)
    for filters, strides in ((32, 1), (64, 2), (64, 2)):
        x = keras.layers.Conv2D(
            filters,
            3,
            strides=strides,
            padding="same",
            activation="relu",
            kernel_initializer=initial(),
            data_format="channels_last",
        )(x)
    x = keras.layers.Flatten(data_format="channels_last")(x)
    x = keras.layers.Dense(classes, kernel_initializer=initial())(x)
    network = keras.Model(inputs, x)
    network.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return network
