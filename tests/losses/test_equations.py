"""Losses: equal to their equations, stable, and strict about shapes."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import losses
from keras_gan.losses.loss import with_flags


def softplus(x):
    return np.logaddexp(0, x)


def σ(x):
    return np.exp(-np.logaddexp(0, -x))


@dataclass
class Side:
    """One player's loss: its equation, and n times the gradient by r and by f."""

    value: Callable
    by_real: Callable
    by_fake: Callable
    at_zero: float


def zero(r, f):
    return np.zeros_like(r)


def constant(number):
    return lambda r, f: np.full_like(r, number)


CROSS_ENTROPY = Side(
    value=lambda r, f: softplus(-r).mean() + softplus(f).mean(),
    by_real=lambda r, f: -σ(-r),
    by_fake=lambda r, f: σ(f),
    at_zero=2 * np.log(2),
)
LINEAR_GENERATOR = Side(lambda r, f: -f.mean(), zero, constant(-1.0), at_zero=0.0)

# The equations of the papers, (discriminator, generator), D = σ(logit).
REFERENCES = {
    losses.Minimax: (
        CROSS_ENTROPY,
        Side(
            value=lambda r, f: -softplus(f).mean(),
            by_real=zero,
            by_fake=lambda r, f: -σ(f),
            at_zero=-np.log(2),
        ),
    ),
    losses.NonSaturating: (
        CROSS_ENTROPY,
        Side(
            value=lambda r, f: softplus(-f).mean(),
            by_real=zero,
            by_fake=lambda r, f: -σ(-f),
            at_zero=np.log(2),
        ),
    ),
    losses.LeastSquares: (
        Side(
            value=lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2,
            by_real=lambda r, f: r - 1,
            by_fake=lambda r, f: f,
            at_zero=0.5,
        ),
        Side(
            value=lambda r, f: ((f - 1) ** 2).mean() / 2,
            by_real=zero,
            by_fake=lambda r, f: f - 1,
            at_zero=0.5,
        ),
    ),
    losses.Wasserstein: (
        Side(
            lambda r, f: f.mean() - r.mean(), constant(-1.0), constant(1.0), at_zero=0.0
        ),
        LINEAR_GENERATOR,
    ),
    losses.Hinge: (
        Side(
            value=lambda r, f: (
                np.maximum(1 - r, 0).mean() + np.maximum(1 + f, 0).mean()
            ),
            by_real=lambda r, f: -1.0 * (r < 1.0),
            by_fake=lambda r, f: 1.0 * (f > -1.0),
            at_zero=2.0,
        ),
        LINEAR_GENERATOR,
    ),
    losses.Relativistic: (
        Side(
            value=lambda r, f: softplus(-(r - f)).mean(),
            by_real=lambda r, f: -σ(-(r - f)),
            by_fake=lambda r, f: σ(-(r - f)),
            at_zero=np.log(2),
        ),
        Side(
            value=lambda r, f: softplus(-(f - r)).mean(),
            by_real=lambda r, f: σ(-(f - r)),
            by_fake=lambda r, f: -σ(-(f - r)),
            at_zero=np.log(2),
        ),
    ),
    losses.RelativisticAverage: (
        Side(
            value=lambda r, f: (
                softplus(-(r - f.mean())).mean() + softplus(f - r.mean()).mean()
            ),
            by_real=lambda r, f: -σ(-(r - f.mean())) - σ(f - r.mean()).mean(),
            by_fake=lambda r, f: σ(f - r.mean()) + σ(-(r - f.mean())).mean(),
            at_zero=2 * np.log(2),
        ),
        Side(
            value=lambda r, f: (
                softplus(-(f - r.mean())).mean() + softplus(r - f.mean()).mean()
            ),
            by_real=lambda r, f: σ(r - f.mean()) + σ(-(f - r.mean())).mean(),
            by_fake=lambda r, f: -σ(-(f - r.mean())) - σ(r - f.mean()).mean(),
            at_zero=2 * np.log(2),
        ),
    ),
}
CLASSES = [
    value
    for value in vars(losses).values()
    if isinstance(value, type)
    and issubclass(value, losses.AdversarialLoss)
    and value is not losses.AdversarialLoss
]
NAMES = ("discriminator_loss", "generator_loss")


def sides(cls):
    """(bound method, its reference) of both players; fails without a reference."""
    loss = cls()
    return [
        (getattr(loss, name), side)
        for name, side in zip(NAMES, REFERENCES[cls], strict=True)
    ]


SIDES = [
    pytest.param(method, side, id=f"{cls.__name__}-{method.__name__}")
    for cls in CLASSES
    for method, side in sides(cls)
]


def value_and_gradients(method, *logits):
    logits = [tf.constant(x) for x in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = method(*logits)
    return value, tape.gradient(value, logits, unconnected_gradients="zero")


def test_every_public_loss_has_a_name_and_a_reference():
    assert {type(losses.get(name)) for name in losses.names()} == set(CLASSES)
    assert set(REFERENCES) == set(CLASSES)
    assert losses.names() == (
        "minimax",
        "non_saturating",
        "least_squares",
        "wasserstein",
        "hinge",
        "relativistic",
        "relativistic_average",
    )


@pytest.mark.parametrize(("method", "side"), SIDES)
@pytest.mark.parametrize("shape", [(1,), (7, 1), (64,), (3, 2, 2, 1)])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)]
)
def test_values_and_gradients_match_the_equations(
    method, side, shape, dtype, tolerance
):
    r, f = np.random.default_rng(len(shape)).normal(0, 2, (2, *shape)).astype(dtype)
    value, gradients = value_and_gradients(method, r, f)
    assert value.shape == ()
    assert value.dtype == dtype
    r, f = r.astype(np.float64), f.astype(np.float64)
    near = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(value, side.value(r, f), **near)
    np.testing.assert_allclose(gradients[0], side.by_real(r, f) / r.size, **near)
    np.testing.assert_allclose(gradients[1], side.by_fake(r, f) / r.size, **near)


@pytest.mark.parametrize(("method", "side"), SIDES)
def test_gradients_match_central_differences(method, side):
    logits = np.random.default_rng(0).normal(0, 2, (2, 5))
    _, gradients = value_and_gradients(method, *logits)
    step = 1e-5
    for index in np.ndindex(2, 5):
        shift = np.zeros((2, 5))
        shift[index] = step
        rise = side.value(*(logits + shift)) - side.value(*(logits - shift))
        np.testing.assert_allclose(
            gradients[index[0]][index[1]], rise / (2 * step), atol=1e-8
        )


@pytest.mark.parametrize(("method", "side"), SIDES)
@pytest.mark.parametrize("real", [-1e4, 1e4])
@pytest.mark.parametrize("fake", [-1e4, 1e4])
def test_values_and_gradients_are_right_at_extreme_logits(method, side, real, fake):
    r, f = np.full(3, real), np.full(3, fake)
    value, gradients = value_and_gradients(method, np.float32(r), np.float32(f))
    np.testing.assert_allclose(value, side.value(r, f), rtol=1e-6)
    for gradient, n_times in zip(gradients, (side.by_real, side.by_fake), strict=True):
        np.testing.assert_allclose(gradient, n_times(r, f) / 3, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("method", "side"), SIDES)
def test_a_discriminator_that_always_says_zero_costs_the_known_value(method, side):
    value = method(tf.zeros((6, 1)), tf.zeros((6, 1)))
    np.testing.assert_allclose(value, side.at_zero, rtol=1e-6)


@pytest.mark.parametrize(("method", "side"), SIDES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_logits_give_a_float32_loss(method, side, dtype):
    r, f = tf.cast(np.random.default_rng(0).normal(0, 2, (2, 300)), dtype)
    value = method(r, f)
    assert value.dtype == "float32"
    exact = side.value(np.float64(r), np.float64(f))
    np.testing.assert_allclose(value, exact, rtol=1e-6, atol=1e-6)
    # 300 · 60000 and 60000² are beyond float16.
    assert np.isfinite(method(tf.fill(300, r[0] * 0 + 6e4), f))


@pytest.mark.parametrize(("method", "side"), SIDES)
def test_mismatched_shapes_are_refused_not_broadcast(method, side):
    with pytest.raises(ValueError, match=r"one shape; got \(4, 1\) and \(4,\)"):
        method(tf.zeros((4, 1)), tf.zeros((4,)))
    spec = tf.TensorSpec([None])
    with pytest.raises(tf.errors.InvalidArgumentError, match="must match"):
        tf.function(method, input_signature=[spec, spec])(tf.zeros(1), tf.zeros(4))


@pytest.mark.parametrize("cls", CLASSES)
def test_a_loss_says_whether_its_generator_needs_real_logits(cls):
    r, f = np.random.default_rng(0).normal(0, 2, (2, 5))
    _, generator = REFERENCES[cls]
    assert cls.generator_needs_real_logits == generator.by_real(r, f).any()


@pytest.mark.parametrize("cls", CLASSES)
def test_a_loss_survives_serialization(cls):
    config = keras.saving.serialize_keras_object(cls())
    assert config["registered_name"] == f"keras_gan>{cls.__name__}"
    loaded = keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
    assert type(loaded) is cls


def test_the_saturating_generator_loses_its_gradient_and_the_other_does_not():
    sure_of_fakes = np.full((4, 1), -20.0)
    slopes = {}
    for name in ("minimax", "non_saturating"):
        method = losses.get(name).generator_loss
        _, (_, by_fake) = value_and_gradients(method, sure_of_fakes, sure_of_fakes)
        slopes[name] = float(tf.norm(by_fake, 1))
    assert slopes["minimax"] < 1e-8
    assert slopes["non_saturating"] == pytest.approx(1.0)


def test_integer_logits_are_refused():
    with pytest.raises(ValueError, match="`real_logits` must be floating point"):
        losses.get("minimax").discriminator_loss([1, 2], [3, 4])


def test_logits_of_two_precisions_are_refused():
    with pytest.raises(ValueError, match="got float64 and float32"):
        losses.get("minimax").discriminator_loss(np.zeros(2), np.zeros(2, np.float32))


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'minimax'"):
        losses.get("minmax")


@pytest.mark.parametrize("thing", [object(), losses.Minimax])
def test_an_object_without_the_methods_is_refused(thing):
    with pytest.raises(ValueError, match="`discriminator_loss`"):
        losses.get(thing)


class Foreign:
    """The methods of a loss on an object of another class."""

    __slots__ = ()

    discriminator_loss = staticmethod(losses.Hinge().discriminator_loss)
    generator_loss = staticmethod(losses.Hinge().generator_loss)


class ForeignWithFlag(Foreign):
    """Declares one of the attributes of `AdversarialLoss`."""

    generator_needs_real_logits = False


def test_an_object_with_the_methods_is_a_loss_and_may_leave_out_the_flags():
    loss = losses.get(Foreign())
    assert type(loss) is Foreign
    read = with_flags(loss)
    assert float(read.discriminator_loss([0.5], [-2.0])) == 0.5
    assert read.generator_needs_real_logits  # right for every loss
    assert not read.needs_class_logits
    assert read.estimates_probability
    assert not with_flags(ForeignWithFlag()).generator_needs_real_logits
    for whole in (losses.Minimax(), losses.AuxiliaryClassifier()):
        assert with_flags(whole) is whole
    inner = losses.AuxiliaryClassifier(Foreign())
    assert inner.generator_needs_real_logits
    assert inner.estimates_probability


@keras.saving.register_keras_serializable("tests")
class SavedForeign(Foreign):
    """One that Keras can save."""

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("tests")
def mean_square(discriminator, real, fake):
    return tf.reduce_mean(tf.square(discriminator(real)))


def test_a_gan_trains_and_is_saved_with_objects_of_other_classes(tmp_path):
    def network():
        return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])

    gan = keras_gan.GAN(network(), network(), value_range=None, seed=1)
    gan.compile("sgd", "sgd", SavedForeign(), penalties=[mean_square])
    gan.train_on_batch(np.ones((4, 1), np.float32))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert loaded.get_compile_config() == gan.get_compile_config()
    described = gan.get_compile_config()["loss"]["registered_name"]
    assert described == "tests>SavedForeign"
    loaded.train_on_batch(np.ones((4, 1), np.float32))
