"""Perceptual path length: generators whose paths have a known length."""

import numpy as np
import pytest

from keras_gan._checks import InputError
from keras_gan.metrics import (
    lerp,
    perceptual_path_length,
    perceptual_path_lengths,
    slerp,
)


def latents(count, dimension, seed=0):
    return np.random.default_rng(seed).standard_normal((2, count, dimension))


def same(x):
    return x


def test_a_linear_generator_has_the_length_of_its_straight_lines():
    starts, ends = latents(40, 6)
    weights = np.random.default_rng(1).normal(size=(6, 10))
    squared = np.square((ends - starts) @ weights).sum(axis=1)
    lengths = perceptual_path_lengths(
        lambda z: z @ weights, same, starts, ends, interpolate=lerp
    )
    np.testing.assert_allclose(lengths, squared, rtol=1e-9)
    mean = perceptual_path_length(
        lambda z: z @ weights, same, starts, ends, interpolate=lerp, batch_size=7
    )
    assert mean == pytest.approx(squared.mean(), rel=1e-9)


def test_on_the_unit_sphere_the_speed_of_slerp_is_the_angle():
    starts, ends = (x / np.linalg.norm(x, axis=1)[:, None] for x in latents(50, 8))
    angles = np.arccos((starts * ends).sum(axis=1))
    lengths = perceptual_path_lengths(same, same, starts, ends)
    # A chord of the arc εΩ: 2 sin(εΩ/2).
    chords = (2.0 * np.sin(0.5e-4 * angles) / 1e-4) ** 2
    np.testing.assert_allclose(lengths, chords, rtol=1e-9)
    assert perceptual_path_length(same, same, starts, ends) == lengths.mean()


def test_the_step_is_between_t_and_t_plus_epsilon():
    # f(z) = z² on the line from 0 to 1: ((t + ε)² − t²)² / ε² = (2t + ε)².
    seed, epsilon = 5, 0.01
    t = np.random.default_rng(seed).random(30)
    lengths = perceptual_path_lengths(
        np.square,
        same,
        np.zeros((30, 1)),
        np.ones((30, 1)),
        epsilon=epsilon,
        interpolate=lerp,
        seed=seed,
        batch_size=8,
    )
    np.testing.assert_allclose(lengths, (2 * t + epsilon) ** 2, rtol=1e-10)


def test_images_of_any_shape_and_dtype_are_compared_by_their_features():
    starts, ends = latents(9, 4)

    def generate(z):
        assert z.shape[1] == 4
        return np.tanh(z).reshape(-1, 2, 2, 1)

    doubled = perceptual_path_length(generate, lambda x: 2.0 * x, starts, ends)
    plain = perceptual_path_length(generate, same, starts, ends)
    assert doubled == pytest.approx(4.0 * plain, rel=1e-12)


def test_a_generator_that_draws_one_image_has_no_length():
    starts, ends = latents(9, 4)
    assert perceptual_path_length(lambda z: 0.0 * z + 3.0, same, starts, ends) == 0.0


@pytest.mark.parametrize(
    ("dtype", "fed"), [(np.float64, np.float64), (np.float32, np.float32)]
)
def test_the_generator_is_fed_the_dtype_of_the_latents(dtype, fed):
    starts, ends = latents(5, 4).astype(dtype)
    seen = []
    perceptual_path_length(lambda z: seen.append(z.dtype) or z, same, starts, ends)
    assert set(seen) == {np.dtype(fed)}


def test_slerp_meets_its_ends_keeps_the_length_and_goes_at_one_speed():
    starts, ends = latents(20, 7)
    np.testing.assert_allclose(slerp(starts, ends, 0.0), starts, rtol=1e-14)
    np.testing.assert_allclose(slerp(starts, ends, 1.0), ends, rtol=1e-14)
    one, other = (x / np.linalg.norm(x, axis=1)[:, None] for x in (starts, ends))
    total = np.arccos((one * other).sum(axis=1))
    for t in (0.2, 0.5, 0.9):
        there = slerp(one, other, t)
        np.testing.assert_allclose(np.linalg.norm(there, axis=1), 1.0, rtol=1e-14)
        gone = np.arccos((one * there).sum(axis=1))
        np.testing.assert_allclose(gone, t * total, rtol=1e-12)


def test_slerp_is_straight_where_there_is_no_circle():
    one = np.array([[1.0, 2.0], [0.0, 0.0], [1.0, 2.0], [1.0, 1.0]])
    other = np.array([[2.0, 4.0], [1.0, 1.0], [-1.0, -2.0], [1.0, 1.0]])
    np.testing.assert_array_equal(slerp(one, other, 0.25), lerp(one, other, 0.25))


def test_slerp_of_nearly_equal_latents_is_accurate():
    one = np.array([[1.0, 0.0]])
    other = np.array([[np.cos(1e-6), np.sin(1e-6)]])
    middle = slerp(one, other, 0.5)
    np.testing.assert_allclose(middle[:, 1], np.sin(5e-7), rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ends": np.zeros((4, 2))}, "same number of latents; got 5 and 4"),
        ({"ends": np.zeros((5, 3))}, "same number of features"),
        ({"starts": np.zeros(5)}, "`starts` must have shape"),
        ({"epsilon": 0.0}, "`epsilon` must be a positive number"),
        ({"batch_size": 0}, "`batch_size` must be an integer"),
        ({"features": lambda x: np.sum(x)}, "`features` must return one row for each"),
        ({"features": lambda x: x * np.nan}, "`features` must be finite"),
    ],
)
def test_wrong_arguments_are_named(change, message):
    arguments = {
        "generate": same,
        "features": same,
        "starts": np.zeros((5, 2)),
        "ends": np.ones((5, 2)),
    }
    with pytest.raises(InputError, match=message):
        perceptual_path_length(**{**arguments, **change})
