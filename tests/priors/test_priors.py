"""Priors: one seed, one latent, in NumPy and in TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from harness.processes import run_python
from scipy import stats

from keras_gan import priors
from keras_gan.priors import philox

NAMES = ["normal", "uniform", "sphere"]
SEEDS = [0, 1, 7, -3, 2**40 + 5, 2**63 - 1, -(2**63)]

# Known answers published with Random123 (kat_vectors, philox4x32 10).
KNOWN_ANSWERS = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    (
        [0xFFFFFFFF] * 4,
        [0xFFFFFFFF] * 2,
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
    ),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_the_published_known_answers(counter, key, expected):
    as_arrays = [np.array([word], np.uint64) for word in counter + key]
    words = philox.philox4x32(as_arrays[:4], as_arrays[4:], philox.NUMPY)
    assert [int(word[0]) for word in words] == expected


def test_philox_matches_tensorflows_own_generator():
    seed, blocks = 0x1234567890ABCDEF, 5
    theirs = tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=[4 * blocks],
        key=tf.constant([seed], tf.uint64),
        counter=tf.constant([0, 0], tf.uint64),
        alg=1,
        dtype=tf.uint32,
    ).numpy()
    uniforms = philox.uniforms(np.array([seed]), 4 * blocks, 0, philox.NUMPY)[0]
    np.testing.assert_array_equal(uniforms, (theirs.astype(np.float64) + 0.5) / 2**32)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("latent_dim", [1, 2, 7, 100])
def test_numpy_and_tensorflow_draw_the_same_latents(name, latent_dim):
    prior = priors.get(name)
    twin = tf.function(lambda seeds: prior.latents_tf(seeds, latent_dim))
    ours = prior.latents(SEEDS, latent_dim)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(twin(tf.constant(SEEDS, tf.int64)), ours, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_latent_depends_on_its_seed_alone(name):
    prior = priors.get(name)
    alone = prior.latents([5], 10)[0]
    np.testing.assert_array_equal(prior.latents([3, 5, 8], 10)[1], alone)
    assert np.abs(prior.latents([3, 5, 8], 10)[2] - alone).max() > 0.1


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("normal", stats.norm()),
        ("uniform", stats.uniform(-np.sqrt(3), 2 * np.sqrt(3))),
    ],
)
def test_latents_follow_the_named_distribution(name, distribution):
    z = priors.get(name).latents(np.arange(4000), 5)
    for coordinate in z.T:
        assert stats.kstest(coordinate, distribution.cdf).pvalue > 1e-3
    correlation = np.corrcoef(z.T) - np.eye(5)
    assert np.abs(correlation).max() < 5 / np.sqrt(4000)


def test_the_sphere_has_radius_sqrt_latent_dim_and_uniform_directions():
    z = priors.get("sphere").latents(np.arange(4000), 3)
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), np.sqrt(3), rtol=1e-6)
    # Archimedes: each coordinate of a uniform point on a 2-sphere is uniform.
    uniform = stats.uniform(-np.sqrt(3), 2 * np.sqrt(3))
    assert stats.kstest(z[:, 0], uniform.cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_training_noise_has_the_same_law_and_is_keyed_by_position(name):
    prior = priors.get(name)
    noise = prior.noise(3000, 4, tf.constant([1, 2], tf.int64)).numpy()
    latents = prior.latents(np.arange(3000), 4)
    assert stats.ks_2samp(noise[:, 0], latents[:, 0]).pvalue > 1e-3
    shorter = prior.noise(7, 4, tf.constant([1, 2], tf.int64)).numpy()
    np.testing.assert_array_equal(shorter, noise[:7])
    other_step = prior.noise(7, 4, tf.constant([1, 3], tf.int64)).numpy()
    assert np.abs(other_step - shorter).max() > 0.1


def test_truncation_draws_latents_towards_the_mean():
    prior = priors.get("normal")
    z = prior.latents([1, 2], 6)
    half_and_whole = prior.latents([1, 2], 6, truncation=[0.5, 1.0])
    np.testing.assert_allclose(half_and_whole, z * [[0.5], [1.0]], rtol=1e-6)
    twin = prior.latents_tf(
        tf.constant([1, 2], tf.int64), 6, truncation=tf.constant([0.5, 1.0])
    )
    np.testing.assert_allclose(twin, half_and_whole, atol=1e-6)


def test_labels_are_uniform_and_the_same_in_tensorflow():
    seeds = np.arange(5000)
    drawn = priors.labels(seeds, 10)
    assert stats.chisquare(np.bincount(drawn, minlength=10)).pvalue > 1e-3
    np.testing.assert_array_equal(priors.labels_tf(tf.constant(seeds), 10), drawn)


def test_spawned_seeds_are_distinct_and_a_prefix_stays():
    seeds = priors.spawn_seeds(7, 1000)
    assert len(set(seeds.tolist())) == 1000
    assert 0 <= seeds.min() <= seeds.max() < 2**53
    np.testing.assert_array_equal(priors.spawn_seeds(7, 10), seeds[:10])
    assert not set(seeds.tolist()) & set(priors.spawn_seeds(8, 1000).tolist())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: priors.get("gaussian"), "`prior` must be one of"),
        (lambda: priors.get("normal").latents([], 4), "`seeds` must be a non-empty"),
        (lambda: priors.get("normal").latents([1.5], 4), "`seeds` must be"),
        (
            lambda: priors.get("normal").latents([1], 4, truncation=0.0),
            "`truncation` must be in",
        ),
        (
            lambda: priors.get("normal").latents([1, 2], 4, truncation=[0.5]),
            "`truncation` must be one number or one per seed",
        ),
        (lambda: priors.spawn_seeds(1, 0), "`n` must be an integer >= 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_module_imports_neither_tensorflow_nor_keras():
    program = (
        "import sys, keras_gan.priors as p; p.get('normal').latents([1], 4); "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    run_python(program)
