"""Fused updates are those that Keras's own optimizers do."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.training import MomentumSGD
from keras_gan.training.optimizers.fused_updates import fuse

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
SGD = {"sgd", "momentum", "nesterov", "average"}


def assert_same(found, expected, atol):
    for ours, theirs in zip(found, expected, strict=True):
        ours, theirs = ours.astype(float), theirs.astype(float)
        np.testing.assert_allclose(
            ours, theirs, rtol=2e-7 if atol > 1e-10 else 1e-12, atol=atol
        )


def rounding(name):
    """Adam's kernel rounds β₂ and then takes it from 1, Keras after: 5e-5 of a step."""
    return 2e-7 if name in SGD else 5e-6


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
    assert_same(trained(optimizer), expected, rounding(name))


@pytest.mark.parametrize("name", ["adam", "momentum", "sgd"])
def test_rows_of_an_embedding_and_other_types_are_updated_too(name):
    for options, atol in (
        ({"sparse": True}, rounding(name)),
        # Keras rounds β and the momentum to float32 even then; see by hand below.
        ({"dtype": "float64"}, 1e-7),
        ({"dtype": "bfloat16"}, 0.0),  # as Keras does it
    ):
        expected = trained(OPTIMIZERS[name](), **options)
        optimizer = OPTIMIZERS[name]()
        fuse(optimizer)
        assert_same(trained(optimizer, **options), expected, atol)


def adam_by_hand(rate, beta_1, beta_2, epsilon):
    """Kingma and Ba, "Adam", 2015, in float64, the rate as Keras keeps it."""
    random = np.random.default_rng(0)
    weights = [random.normal(size=shape) for shape in SHAPES]
    moments = [[0.0, 0.0] for _ in SHAPES]
    random = np.random.default_rng(1)
    for step in range(1, 7):
        scale = np.float32(rate) * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        for place, shape in enumerate(SHAPES):
            gradient = random.normal(size=shape)
            m, v = moments[place]
            m = beta_1 * m + (1 - beta_1) * gradient
            v = beta_2 * v + (1 - beta_2) * gradient**2
            moments[place] = [m, v]
            weights[place] = weights[place] - scale * m / (np.sqrt(v) + epsilon)
    return weights


def test_adam_in_float64_is_the_published_algorithm():
    optimizer = OPTIMIZERS["adam"]()
    fuse(optimizer)
    found = trained(optimizer, dtype="float64")
    expected = [np.asarray(w) for w in adam_by_hand(0.02, 0.5, 0.9, 1e-3)]
    assert_same(found, expected, 1e-12)


def test_momentum_in_float64_is_the_published_algorithm():
    optimizer = OPTIMIZERS["momentum"]()
    fuse(optimizer)
    found = trained(optimizer, dtype="float64")
    random = np.random.default_rng(0)
    expected = [random.normal(size=shape) for shape in SHAPES]
    velocities = [0.0] * len(SHAPES)
    random = np.random.default_rng(1)
    for _ in range(6):
        for place, shape in enumerate(SHAPES):
            gradient = random.normal(size=shape)
            velocity = 0.9 * velocities[place] - np.float32(0.1) * gradient
            velocities[place] = velocity
            expected[place] = expected[place] + velocity
    assert_same(found, [np.asarray(w) for w in expected], 1e-12)


@pytest.mark.parametrize("sparse", [False, True])
def test_momentum_sgd_moves_as_keras_does(sparse):
    expected = trained(keras.optimizers.SGD(0.1, momentum=0.9), sparse=sparse)
    found = trained(MomentumSGD(0.1, 0.9), sparse=sparse)
    assert_same(found, expected, rounding("momentum"))


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
    assert_same(trained(twin), trained(optimizer), rounding("adam"))
