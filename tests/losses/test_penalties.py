"""Penalties: equal to closed forms, finite at zero, one norm per example."""

import inspect
import json

import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from keras_gan.losses import penalties
from keras_gan.losses.penalties.penalty import with_flags

CLASSES = [
    value
    for value in vars(penalties).values()
    if inspect.isclass(value) and value is not penalties.Penalty
]
# A penalty of every class, and what it is of the gradients at x, at G(z) and between.
PENALTIES = {
    penalties.R1: (
        penalties.R1(gamma=0.7),
        lambda real, fake, between: 0.35 * (norms(real) ** 2).mean(),
    ),
    penalties.R2: (
        penalties.R2(gamma=0.7),
        lambda real, fake, between: 0.35 * (norms(fake) ** 2).mean(),
    ),
    penalties.GradientPenalty: (
        penalties.GradientPenalty(weight=3.0, target=1.5),
        lambda real, fake, between: 3.0 * ((norms(between) - 1.5) ** 2).mean(),
    ),
}
CASES = [pytest.param(*PENALTIES[cls], id=cls.__name__) for cls in CLASSES]
SHAPE = (5, 2, 3, 1)


def norms(gradients):
    """The Euclidean norm of each example, over all its axes."""
    return np.sqrt((gradients.reshape(len(gradients), -1) ** 2).sum(1))


def batches(dtype=np.float64):
    """Data, samples, and one coefficient per example."""
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(2, *SHAPE)).astype(dtype)
    return real, fake, rng.uniform(size=SHAPE[0]).astype(dtype)


def call(penalty, discriminator, real, fake, uniform):
    """Calls a penalty as training does."""
    more = {"uniform": uniform} if penalty.needs_uniform else {}
    return penalty(discriminator, tf.constant(real), tf.constant(fake), **more)


def between(real, fake, uniform):
    share = uniform.reshape(-1, 1, 1, 1)
    return share * real + (1 - share) * fake


def flat(images):
    return tf.reshape(images, (-1, 6))


def expected(formula, gradient_at, real, fake, uniform):
    """The formula with NumPy's gradients `(B, 6)` at the three kinds of points."""
    points = (real, fake, between(real, fake, uniform))
    return formula(*(gradient_at(x.reshape(-1, 6)) for x in points))


def test_every_public_penalty_has_a_closed_form():
    assert set(CLASSES) == set(PENALTIES)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
def test_linear_discriminators_have_the_norm_of_their_weights(penalty, formula):
    w = np.random.default_rng(0).normal(size=6)
    data = batches()
    value = call(penalty, lambda x: tf.linalg.matvec(flat(x), w), *data)
    assert value.shape == ()
    np.testing.assert_allclose(value, formula(*[w[np.newaxis]] * 3), rtol=1e-12)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)]
)
def test_quadratic_discriminators_have_a_norm_at_each_point(
    penalty, formula, dtype, tolerance
):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(6, 6)).astype(dtype), rng.normal(size=6).astype(dtype)
    data = batches(dtype)

    def discriminator(x):  # ½ xᵀ(A + Aᵀ)/2 x + bᵀx
        x = flat(x)
        return tf.reduce_sum(x * (x @ a) / 2 + x * b, axis=1)

    value = call(penalty, discriminator, *data)
    exact = expected(formula, lambda x: x @ (a + a.T) / 2 + b, *data)
    assert value.dtype == dtype
    np.testing.assert_allclose(value, exact, rtol=tolerance)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
def test_gradients_by_weights_match_central_differences(penalty, formula):
    weights = np.random.default_rng(3).normal(size=(7, 4))  # W is 6 × 4, then v
    data = batches()

    def exact(weights):
        w, v = weights[:6], weights[6]
        return expected(formula, lambda x: ((1 - np.tanh(x @ w) ** 2) * v) @ w.T, *data)

    variable = tf.Variable(weights)
    with tf.GradientTape() as tape:
        value = call(
            penalty,
            lambda x: tf.linalg.matvec(tf.tanh(flat(x) @ variable[:6]), variable[6]),
            *data,
        )
    gradient = tf.convert_to_tensor(tape.gradient(value, variable))
    np.testing.assert_allclose(value, exact(weights), rtol=1e-12)
    for index in np.ndindex(weights.shape):
        shift = np.zeros_like(weights)
        shift[index] = 1e-5
        slope = (exact(weights + shift) - exact(weights - shift)) / 2e-5
        np.testing.assert_allclose(gradient[index], slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
@pytest.mark.parametrize("size", [0.0, 1e-25, 3e-23, 2e-20, 1e-12])
@pytest.mark.parametrize("compiled", [False, True])
def test_values_and_gradients_are_finite_where_the_gradient_vanishes(
    penalty, formula, size, compiled
):
    weights = tf.Variable(tf.fill(6, np.float32(size)))
    data = batches(np.float32)

    @tf.function(jit_compile=compiled)
    def value_and_gradient():
        with tf.GradientTape() as tape:
            value = call(penalty, lambda x: tf.linalg.matvec(flat(x), weights), *data)
        return value, tape.gradient(value, weights)

    value, gradient = value_and_gradient()
    np.testing.assert_allclose(value, formula(*[np.zeros((1, 6))] * 3), atol=1e-6)
    assert np.isfinite(gradient).all()
    if size == 0.0:
        assert not gradient.numpy().any()


@pytest.mark.parametrize(("penalty", "formula"), CASES)
def test_a_discriminator_that_does_not_look_has_no_gradient(penalty, formula):
    value = call(penalty, lambda x: tf.zeros(len(x)), *batches(np.float32))
    np.testing.assert_allclose(value, formula(*[np.zeros((1, 6))] * 3))


@pytest.mark.parametrize(("penalty", "formula"), CASES)
def test_compiling_changes_neither_value_nor_gradients(penalty, formula):
    network = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)]
    )
    data = batches(np.float32)

    def value_and_gradients():
        with tf.GradientTape() as tape:
            value = call(penalty, lambda x: network(flat(x)), *data)
        # The last bias has none: it shifts the logits alone.
        return value, tape.gradient(value, network.trainable_variables[:-1])

    value, gradients = value_and_gradients()
    compiled, compiled_gradients = tf.function(value_and_gradients, jit_compile=True)()
    np.testing.assert_allclose(compiled, value, rtol=1e-5)
    for a, b in zip(compiled_gradients, gradients, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
def test_keras_models_serve_as_discriminators_and_maps_are_averaged(penalty, formula):
    inputs = keras.Input(SHAPE[1:])
    dense = keras.layers.Dense(4)
    model = keras.Model(
        inputs,
        keras.layers.Reshape((2, 2, 1))(dense(keras.layers.Flatten()(inputs))),
    )
    real, fake, _ = batches(np.float32)
    w = dense.kernel.numpy().astype(np.float64).mean(axis=1)
    value = penalty(model, real, fake)
    np.testing.assert_allclose(value, formula(*[w[np.newaxis]] * 3), rtol=1e-5)


@pytest.mark.parametrize(("penalty", "formula"), CASES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_keeps_its_norms_in_float32(penalty, formula, dtype):
    w = tf.constant([300.0] * 6, dtype)  # its square is beyond float16
    real, fake, uniform = batches(np.float32)
    seen = []

    def discriminator(x):
        seen.append(x.dtype.name)
        return tf.linalg.matvec(flat(x), w)

    value = call(
        penalty, discriminator, tf.cast(real, dtype), tf.cast(fake, dtype), uniform
    )
    assert seen == [dtype]
    assert value.dtype == "float32"
    np.testing.assert_allclose(value, formula(*[np.full((1, 6), 300.0)] * 3), rtol=1e-6)


def points_of(penalty, count, **arguments):
    """Where the penalty asks a discriminator, between ones (data) and zeros."""
    seen = []

    def discriminator(images):
        seen.append(images.numpy())
        return tf.reduce_sum(images, axis=(1, 2))

    penalty(discriminator, tf.ones((count, 2, 3)), tf.zeros((count, 2, 3)), **arguments)
    (points,) = seen
    return points


def test_interpolation_is_uniform_with_one_coefficient_per_example():
    points = points_of(penalties.GradientPenalty(), 2000)
    coefficients = points[:, 0, 0]
    assert (points == coefficients[:, np.newaxis, np.newaxis]).all()
    assert coefficients.min() >= 0
    assert coefficients.max() < 1
    assert scipy.stats.kstest(coefficients, "uniform").pvalue > 0.01
    assert len(np.unique(coefficients)) > 1990
    again = points_of(penalties.GradientPenalty(), 2000)
    assert (points != again).any()


def test_given_coefficients_are_the_shares_of_the_data():
    uniform = tf.constant([0.0, 0.25, 0.5])
    points = points_of(penalties.GradientPenalty(), 3, uniform=uniform)
    np.testing.assert_array_equal(points[:, 1, 2], uniform)


def test_only_the_gradient_penalty_asks_for_uniform_numbers():
    asking = [cls for cls in CLASSES if cls.needs_uniform]
    assert asking == [penalties.GradientPenalty]


def test_a_plain_callable_is_a_penalty_that_asks_for_no_uniform_numbers():
    def mean_of_data(discriminator, real, fake):
        return tf.reduce_mean(real)

    penalty = with_flags(mean_of_data)
    assert not penalty.needs_uniform
    assert float(call(penalty, None, [2.0, 4.0], [0.0, 0.0], None)) == 3.0
    whole = penalties.GradientPenalty()
    assert with_flags(whole) is whole
    mean_of_data.needs_uniform = True
    assert with_flags(mean_of_data) is mean_of_data


@pytest.mark.parametrize("cls", CLASSES)
def test_a_penalty_survives_serialization(cls):
    penalty, _ = PENALTIES[cls]
    config = keras.saving.serialize_keras_object(penalty)
    assert config["registered_name"] == f"keras_gan>{cls.__name__}"
    loaded = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
    assert type(loaded) is cls
    assert vars(loaded) == vars(penalty)
    assert set(penalty.get_config()) == set(inspect.signature(cls).parameters)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: penalties.R1(0.0), "`gamma` must be a positive number; got 0.0"),
        (lambda: penalties.R2(float("nan")), "`gamma` must be a positive number"),
        (lambda: penalties.GradientPenalty("ten"), "`weight` must be a positive"),
        (
            lambda: penalties.GradientPenalty(target=-1.0),
            "`target` must be a number >= 0; got -1.0",
        ),
        (lambda: penalties.GradientPenalty(target=None), "`target` must be a number"),
    ],
)
def test_factors_that_make_no_penalty_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_target_may_be_zero():
    penalty = penalties.GradientPenalty(weight=2.0, target=0.0)
    value = penalty(
        lambda x: tf.reduce_sum(x, axis=1), tf.ones((4, 9)), tf.ones((4, 9))
    )
    assert float(value) == 18.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fake": tf.zeros((3, 2))}, r"one shape; got \(4, 2\) and \(3, 2\)"),
        ({"real": [[1, 2]]}, "`real` must be floating point; got int32"),
        ({"uniform": tf.zeros((4, 1))}, r"one number per example, shape \(4,\)"),
        ({"uniform": [0.5]}, r"shape \(4,\); got \(1,\)"),
    ],
)
def test_batches_that_do_not_fit_are_refused(change, message):
    batch = {"real": tf.zeros((4, 2)), "fake": tf.zeros((4, 2)), **change}
    with pytest.raises(ValueError, match=message):
        penalties.GradientPenalty()(lambda x: x[:, 0], **batch)
