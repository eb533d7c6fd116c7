"""Losses: equal to their equations, stable, and strict about shapes."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan import losses


def log_sigmoid(x):
    """Log σ(x) in float64 NumPy, by the definition where it does not overflow."""
    return np.where(x > -30, -np.log1p(np.exp(-np.maximum(x, -30))), x)


# Straight from the paper's equations, D = σ(logit).
DISCRIMINATOR = {
    "minimax": lambda r, f: -log_sigmoid(r).mean() - log_sigmoid(-f).mean(),
    "non_saturating": lambda r, f: -log_sigmoid(r).mean() - log_sigmoid(-f).mean(),
}
GENERATOR = {
    "minimax": lambda r, f: log_sigmoid(-f).mean(),
    "non_saturating": lambda r, f: -log_sigmoid(f).mean(),
}
SIDES = [
    (name, side, table[name])
    for name in losses.names()
    for side, table in [("discriminator", DISCRIMINATOR), ("generator", GENERATOR)]
]


def value_of(name, side):
    return getattr(losses.get(name), f"{side}_loss")


@pytest.mark.parametrize(("name", "side", "equation"), SIDES)
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_values_match_the_equation_in_float64(name, side, equation, batch):
    rng = np.random.default_rng(batch)
    r, f = rng.normal(0, 5, (2, batch, 1))
    value = value_of(name, side)(tf.constant(r), tf.constant(f))
    assert value.shape == ()
    np.testing.assert_allclose(value, equation(r, f), rtol=1e-9)


@pytest.mark.parametrize(("name", "side", "equation"), SIDES)
def test_gradients_match_central_differences(name, side, equation):
    rng = np.random.default_rng(0)
    r, f = rng.normal(0, 2, (2, 5, 1))
    logits = [tf.constant(r), tf.constant(f)]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = value_of(name, side)(*logits)
    gradients = tape.gradient(value, logits, unconnected_gradients="zero")
    step = 1e-5
    for which in (0, 1):
        for i in range(5):
            shift = np.zeros((2, 5, 1))
            shift[which, i] = step
            up, down = np.stack([r, f]) + shift, np.stack([r, f]) - shift
            slope = (equation(*up) - equation(*down)) / (2 * step)
            np.testing.assert_allclose(gradients[which][i, 0], slope, atol=1e-8)


@pytest.mark.parametrize(("name", "side", "equation"), SIDES)
@pytest.mark.parametrize("extreme", [-1e4, 1e4])
def test_values_and_gradients_are_finite_at_extreme_logits(
    name, side, equation, extreme
):
    logits = [tf.fill((3, 1), extreme), tf.fill((3, 1), -extreme)]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = value_of(name, side)(*logits)
    expected = equation(np.full(3, extreme), np.full(3, -extreme))
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    for gradient in tape.gradient(value, logits, unconnected_gradients="zero"):
        assert np.isfinite(gradient).all()


def test_the_saturating_generator_loses_its_gradient_and_the_other_does_not():
    sure_of_fakes = tf.fill((4, 1), -20.0)
    slopes = {}
    for name in ("minimax", "non_saturating"):
        with tf.GradientTape() as tape:
            tape.watch(sure_of_fakes)
            value = losses.get(name).generator_loss(sure_of_fakes, sure_of_fakes)
        slopes[name] = float(tf.norm(tape.gradient(value, sure_of_fakes), 1))
    assert slopes["minimax"] < 1e-8
    assert slopes["non_saturating"] == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "side", "equation"), SIDES)
def test_mismatched_shapes_are_refused_not_broadcast(name, side, equation):
    with pytest.raises(ValueError, match=r"one shape; got \(4, 1\) and \(4,\)"):
        value_of(name, side)(tf.zeros((4, 1)), tf.zeros((4,)))


def test_integer_logits_are_refused():
    with pytest.raises(ValueError, match="`real_logits` must be floating point"):
        losses.get("minimax").discriminator_loss([1, 2], [3, 4])


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'minimax'"):
        losses.get("minmax")


def test_an_object_without_the_methods_is_refused():
    with pytest.raises(ValueError, match="`discriminator_loss`"):
        losses.get(object())
