"""The training step is Algorithm 1, step by step, against plain NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import convolutional_gan, linear_gan

import keras_gan
from keras_gan.training.steps.streams import Streams

LEARNING_RATE = 0.3


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def algorithm1_by_hand(gan, batch, k, loss):
    """One turn of Algorithm 1 in float64, from the formulas of the gradients."""
    a_matrix, a = (v.numpy().astype(np.float64) for v in gan.generator.variables)
    b, c = (v.numpy().astype(np.float64) for v in gan.discriminator.variables)
    m = len(batch) // k

    def noise(stream):
        key = tf.constant([gan.seed + stream * 2**32, int(gan.step)], tf.int64)
        return gan.prior.noise(m, gan.latent_dim, key).numpy().astype(np.float64)

    for j in range(k):
        real, fake = batch[j::k], noise(j) @ a_matrix + a
        # d/dlogit of softplus(-r) is -(1 - σ(r)), of softplus(f) is σ(f).
        d_real = -(1 - sigmoid(real @ b + c)) / m
        d_fake = sigmoid(fake @ b + c) / m
        gradient_b = real.T @ d_real + fake.T @ d_fake
        gradient_c = d_real.sum(0) + d_fake.sum(0)
        b, c = b - LEARNING_RATE * gradient_b, c - LEARNING_RATE * gradient_c
    z = noise(k)
    f = (z @ a_matrix + a) @ b + c
    slope = -sigmoid(f) if loss == "minimax" else -(1 - sigmoid(f))
    d_images = slope / m @ b.T
    a_matrix = a_matrix - LEARNING_RATE * z.T @ d_images
    a = a - LEARNING_RATE * d_images.sum(0)
    return [a_matrix, a, b, c]


@pytest.mark.parametrize("loss", ["minimax", "non_saturating"])
@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_a_step_is_algorithm_1_to_the_last_digits(loss, k, prior):
    gan = linear_gan(prior=prior)
    gan.compile(
        keras.optimizers.SGD(LEARNING_RATE),
        keras.optimizers.SGD(LEARNING_RATE),
        loss,
        discriminator_steps=k,
    )
    rng = np.random.default_rng(0)
    for _ in range(3):
        batch = rng.normal(1, 1, (12, 2)).astype(np.float32)
        expected = algorithm1_by_hand(gan, batch, k, loss)
        gan.train_on_batch(batch)
        weights = gan.generator.variables + gan.discriminator.variables
        for weight, value in zip(weights, expected, strict=True):
            np.testing.assert_allclose(weight.numpy(), value, atol=2e-6)
    assert int(gan.step) == 3


@pytest.mark.parametrize("loss", ["minimax", "non_saturating"])
def test_simultaneous_updates_share_samples_and_start_from_the_same_weights(loss):
    gan = linear_gan()
    gan.compile(
        keras.optimizers.SGD(LEARNING_RATE),
        keras.optimizers.SGD(LEARNING_RATE),
        loss,
        simultaneous=True,
    )
    batch = np.random.default_rng(0).normal(1, 1, (12, 2)).astype(np.float32)
    a_matrix, a, b, c = (
        v.numpy().astype(np.float64)
        for v in gan.generator.variables + gan.discriminator.variables
    )
    key = tf.constant([gan.seed, 0], tf.int64)
    z = gan.prior.noise(12, gan.latent_dim, key).numpy().astype(np.float64)
    fake = z @ a_matrix + a
    r, f = batch @ b + c, fake @ b + c
    d_real, d_fake = -(1 - sigmoid(r)) / 12, sigmoid(f) / 12
    slope = -sigmoid(f) if loss == "minimax" else -(1 - sigmoid(f))
    d_images = slope / 12 @ b.T
    expected = [
        a_matrix - LEARNING_RATE * z.T @ d_images,
        a - LEARNING_RATE * d_images.sum(0),
        b - LEARNING_RATE * (batch.T @ d_real + fake.T @ d_fake),
        c - LEARNING_RATE * (d_real.sum(0) + d_fake.sum(0)),
    ]
    logs = gan.train_on_batch(batch, return_dict=True)
    weights = gan.generator.variables + gan.discriminator.variables
    for weight, value in zip(weights, expected, strict=True):
        np.testing.assert_allclose(weight.numpy(), value, atol=1e-6)
    assert logs["d_real"] == pytest.approx(sigmoid(r).mean(), abs=1e-6)
    assert logs["d_fake"] == pytest.approx(sigmoid(f).mean(), abs=1e-6)


def test_simultaneous_updates_have_one_discriminator_step():
    gan = linear_gan()
    with pytest.raises(ValueError, match="discriminator_steps=2"):
        gan.compile("sgd", "sgd", simultaneous=True, discriminator_steps=2)
    with pytest.raises(ValueError, match="True or False"):
        gan.compile("sgd", "sgd", simultaneous="yes")


def test_logs_are_the_losses_and_the_mean_probabilities():
    gan = linear_gan()
    rate_zero = [keras.optimizers.SGD(0.0) for _ in range(2)]
    gan.compile(*rate_zero, "minimax")
    batch = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    logs = gan.train_on_batch(batch, return_dict=True)
    a_matrix, a = (v.numpy() for v in gan.generator.variables)
    b, c = (v.numpy() for v in gan.discriminator.variables)

    def fake_logits(stream):
        key = tf.constant([gan.seed + stream * 2**32, 0], tf.int64)
        return (gan.prior.noise(8, 2, key).numpy() @ a_matrix + a) @ b + c

    real, fake = sigmoid(batch @ b + c), sigmoid(fake_logits(0))
    expected = {
        "d_loss": -np.log(real).mean() - np.log(1 - fake).mean(),
        "g_loss": np.log(1 - sigmoid(fake_logits(1))).mean(),
        "d_real": real.mean(),
        "d_fake": fake.mean(),
    }
    assert logs.keys() == expected.keys()
    for name, value in expected.items():
        assert logs[name] == pytest.approx(value, abs=1e-5)


def test_every_update_draws_noise_of_its_own():
    gan = linear_gan()

    def drawn(stream, step):
        streams = Streams(gan.seed, tf.constant(step, tf.int64))
        return streams.latents(stream, 4, gan.prior, gan.latent_dim).numpy()

    draws = [drawn(stream, step=0) for stream in range(4)] + [drawn(0, step=1)]
    for i, one in enumerate(draws):
        for other in draws[i + 1 :]:
            assert np.abs(one - other).min() > 1e-6


def test_the_same_seed_trains_to_the_same_weights(images):
    weights = []
    for _ in range(2):
        keras.utils.set_random_seed(5)
        gan = convolutional_gan()
        gan.compile("adam", "adam")
        gan.fit(images, batch_size=16, epochs=2, shuffle=False, verbose=0)
        weights.append(gan.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_map_of_logits_is_averaged():
    generator = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(16), keras.layers.Reshape((4, 4, 1))]
    )
    patches = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2)])
    gan = keras_gan.GAN(generator, patches)
    gan.compile("adam", "adam")
    x = np.random.default_rng(0).normal(size=(5, 4, 4, 1)).astype(np.float32)
    logits = gan._game(gan.step).outputs(x, None)
    np.testing.assert_allclose(logits, patches(x).numpy().mean((1, 2, 3)), atol=1e-6)


def test_penalties_and_layer_losses_join_the_discriminators_loss():
    def push(discriminator, real, fake):
        return 2.0 * tf.reduce_mean(discriminator(real) - discriminator(fake))

    decay = keras.regularizers.L2(0.5)
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, kernel_regularizer=decay)]
    )
    gan = keras_gan.GAN(generator, discriminator, value_range=None, seed=0)
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.0),
        discriminator_optimizer=keras.optimizers.SGD(1.0),
        penalties=[push],
    )
    batch = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    b, c = (v.numpy().astype(np.float64) for v in discriminator.variables)
    key = tf.constant([0, 0], tf.int64)
    fake = generator(gan.prior.noise(6, 2, key)).numpy()
    d_real = (-(1 - sigmoid(batch @ b + c)) + 2.0) / 6
    d_fake = (sigmoid(fake @ b + c) - 2.0) / 6
    expected = b - (batch.T @ d_real + fake.T @ d_fake + b)  # d(½‖b‖²)/db = b
    gan.train_on_batch(batch)
    np.testing.assert_allclose(discriminator.variables[0].numpy(), expected, atol=1e-5)


def test_the_moving_average_follows_its_recursion(images):
    gan = convolutional_gan()
    gan.compile("adam", "adam", ema_decay=0.5)
    expected = [v.numpy() for v in gan.generator.variables]
    for step in range(3):
        gan.train_on_batch(images)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = [
            decay * average + (1 - decay) * variable.numpy()
            for average, variable in zip(expected, gan.generator.variables, strict=True)
        ]
    for average, value in zip(gan.sampler.variables, expected, strict=True):
        np.testing.assert_allclose(average.numpy(), value, atol=1e-6)
    raw, averaged = gan.sample(2, seed=1, ema=False), gan.sample(2, seed=1)
    assert np.abs(raw - averaged).max() > 1e-4


def test_evaluate_touches_no_weight_and_repeats(images):
    gan = convolutional_gan()
    gan.compile("adam", "adam")
    gan.fit(images, verbose=0)
    before = gan.generator.get_weights() + gan.discriminator.get_weights()
    first = gan.evaluate(images, batch_size=8, verbose=0, return_dict=True)
    second = gan.evaluate(images, batch_size=8, verbose=0, return_dict=True)
    after = gan.generator.get_weights() + gan.discriminator.get_weights()
    assert first == second
    assert first.keys() == {"d_loss", "g_loss", "d_real", "d_fake"}
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_momentum_sgd_with_a_schedule_follows_its_recursion():
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    momentum = keras.optimizers.schedules.PolynomialDecay(0.5, 4, 0.7)
    optimizer = keras_gan.training.MomentumSGD(rate, momentum)
    restored = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    for candidate in (optimizer, restored):
        weight, velocity = keras.Variable([1.0, -2.0]), np.zeros(2)
        expected = np.array([1.0, -2.0])
        for step in range(6):
            gradient = np.array([1.0, step])
            m = 0.5 + 0.2 * min(step, 4) / 4
            velocity = m * velocity - 0.1 * 0.5**step * gradient
            expected = expected + velocity
            candidate.apply([tf.constant(gradient, tf.float32)], [weight])
        np.testing.assert_allclose(weight.numpy(), expected, atol=1e-6)


def test_momentum_sgd_refuses_a_momentum_of_one():
    with pytest.raises(ValueError, match=r"`momentum` must be in \[0, 1\)"):
        keras_gan.training.MomentumSGD(0.1, momentum=1.0)
