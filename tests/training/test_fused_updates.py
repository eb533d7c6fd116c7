"""Fused updates are those that Keras's own optimizers do."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.training import MomentumSGD
from keras_gan.training._fused_updates import fuse

OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.02, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
    "adam_of_0": lambda: keras.optimizers.Adam(0.02, beta_1=0.0, beta_2=0.9),
    "adamw": lambda: keras.optimizers.AdamW(0.02, weight_decay=0.1),
    "amsgrad": lambda: keras.optimizers.Adam(0.02, amsgrad=True),
    "clipped": lambda: keras.optimizers.Adam(0.02, clipnorm=0.1),
    "average": lambda: keras.optimizers.SGD(0.1, momentum=0.9, use_ema=True),
    "accumulated": lambda: keras.optimizers.Adam(0.1, gradient_accumulation_steps=2),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "falling": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    ),
}
SHAPES = ((7, 5), (5,), ())
# The kernel rounds β₂ before it takes it from 1, Keras after: 5e-5 of a step.
ROUNDING = 5e-6


def variables(dtype="float32"):
    random = np.random.default_rng(0)
    return [keras.Variable(random.normal(size=s), dtype=dtype) for s in SHAPES]


def trained(optimizer, dtype="float32", sparse=False):
    weights = variables(dtype)
    optimizer.build(weights)
    random = np.random.default_rng(1)

    @tf.function
    def update(gradients):
        gradients = list(gradients)
        if sparse:
            rows = tf.constant([1, 4, 1])
            gradients[0] = tf.IndexedSlices(
                tf.gather(gradients[0], rows), rows, tf.shape(gradients[0])
            )
        optimizer.apply(gradients, weights)

    for _ in range(6):
        update([tf.constant(random.normal(size=s), dtype) for s in SHAPES])
    return [weight.numpy() for weight in weights]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_fused_optimizer_moves_as_keras_does(name):
    expected = trained(OPTIMIZERS[name]())
    optimizer = OPTIMIZERS[name]()
    fuse(optimizer)
    for found, wanted in zip(trained(optimizer), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=ROUNDING)


@pytest.mark.parametrize("name", ["adam", "momentum", "sgd"])
def test_rows_of_an_embedding_and_other_types_are_updated_too(name):
    for options in ({"sparse": True}, {"dtype": "float64"}, {"dtype": "bfloat16"}):
        expected = trained(OPTIMIZERS[name](), **options)
        optimizer = OPTIMIZERS[name]()
        fuse(optimizer)
        for found, wanted in zip(trained(optimizer, **options), expected, strict=True):
            np.testing.assert_allclose(
                found.astype(float), wanted.astype(float), rtol=2e-6, atol=ROUNDING
            )


@pytest.mark.parametrize("sparse", [False, True])
def test_momentum_sgd_moves_as_keras_does(sparse):
    expected = trained(keras.optimizers.SGD(0.1, momentum=0.9), sparse=sparse)
    found = trained(MomentumSGD(0.1, 0.9), sparse=sparse)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=ROUNDING)


def operations(optimizer):
    weights = variables()
    optimizer.build(weights)
    update = tf.function(lambda *gradients: optimizer.apply(gradients, weights))
    concrete = update.get_concrete_function(*[tf.zeros(s) for s in SHAPES])
    return [operation.type for operation in concrete.graph.get_operations()]


def test_a_variable_is_updated_by_one_operation():
    for name, expected in (
        ("adam", "ResourceApplyAdam"),
        ("momentum", "ResourceApplyKerasMomentum"),
    ):
        optimizer = OPTIMIZERS[name]()
        fuse(optimizer)
        found = operations(optimizer)
        assert found.count(expected) == len(SHAPES)
        assert "Sqrt" not in found


def test_what_a_user_wrote_is_left_alone():
    class Halved(keras.optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate / 2)

    optimizer = Halved(0.02)
    fuse(optimizer)
    assert "ResourceApplyAdam" not in operations(optimizer)


def test_a_fused_optimizer_can_be_copied_and_rebuilt():
    optimizer = OPTIMIZERS["adam"]()
    fuse(optimizer)
    again = type(optimizer).from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    twin = copy.deepcopy(optimizer)
    for found, wanted in zip(trained(twin), trained(optimizer), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=ROUNDING)
