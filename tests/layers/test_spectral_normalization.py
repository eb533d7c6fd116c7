"""Spectral normalization: W/σ with Miyato's gradient, and W left alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import GAN, export
from keras_gan.layers import SpectralNormalization

LAYERS = {
    "Dense": (lambda: keras.layers.Dense(6), (5,)),
    "Conv2D": (lambda: keras.layers.Conv2D(6, 3), (4, 4, 3)),
    "Conv2DTranspose": (lambda: keras.layers.Conv2DTranspose(6, 3), (4, 4, 3)),
    "Embedding": (lambda: keras.layers.Embedding(9, 4), ()),
}


def matrix_of(kernel, name="Dense"):
    kernel = np.asarray(kernel)
    if name == "Conv2DTranspose":
        kernel = np.swapaxes(kernel, -1, -2)
    return kernel.reshape(-1, kernel.shape[-1])


def make(name, **options):
    inner, shape = LAYERS[name]
    layer = SpectralNormalization(inner(), **options)
    layer.build((None, *shape))
    return layer


def inputs_of(name, batch=7):
    random = np.random.default_rng(0)
    if name == "Embedding":
        return random.integers(0, 9, batch)
    return random.normal(size=(batch, *LAYERS[name][1])).astype(np.float32)


@pytest.mark.parametrize("name", LAYERS)
def test_it_computes_with_the_kernel_over_its_largest_singular_value(name):
    layer, x = make(name, power_iterations=200), inputs_of(name)
    kernel = layer.kernel.numpy()
    sigma = np.linalg.svd(matrix_of(kernel, name), compute_uv=False)[0]
    np.testing.assert_allclose(layer.normalized_kernel(), kernel / sigma, rtol=1e-5)
    outputs = layer(x, training=True)
    np.testing.assert_array_equal(layer.kernel, kernel)
    layer.kernel.assign(kernel / sigma)
    np.testing.assert_allclose(outputs, layer.layer(x), rtol=1e-5, atol=1e-6)


def closed_form(kernel, u, upstream):
    """∂/∂W of ⟨upstream, W/σ⟩ after one power iteration from u; σ, u' and v."""
    v = kernel @ u
    v /= np.linalg.norm(v)
    image = kernel.T @ v
    u = image / np.linalg.norm(image)
    sigma = v @ kernel @ u
    rank_one = np.outer(v, u)
    gradient = (upstream - np.sum(upstream * kernel) / sigma * rank_one) / sigma
    return gradient, sigma, u, v


def test_the_gradient_is_miyatos_and_that_of_finite_differences():
    layer = SpectralNormalization(keras.layers.Dense(6, dtype="float64"))
    layer.build((None, 5))
    random = np.random.default_rng(0)
    x, weights = random.normal(size=(7, 5)), random.normal(size=(7, 6))
    kernel, u = layer.kernel.numpy(), layer.u.numpy()
    assert kernel.dtype == u.dtype == np.float64
    # f(W̄) = Σ weights · (x W̄)², whose derivative in W̄ is 2 xᵀ (weights · x W̄).
    normalized = kernel / closed_form(kernel, u, np.zeros((5, 6)))[1]
    upstream = 2 * x.T @ (weights * (x @ normalized))
    expected, _, new_u, v = closed_form(kernel, u, upstream)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(weights * layer(x, training=True) ** 2)
    found = tape.gradient(loss, layer.trainable_variables)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(layer.u, new_u, rtol=1e-12)

    def value(kernel):  # u and v held fixed
        return np.sum(weights * (x @ kernel / (v @ kernel @ new_u)) ** 2)

    for place in [(0, 0), (2, 3), (4, 5)]:
        step = np.zeros((5, 6))
        step[place] = 1e-5
        slope = (value(kernel + step) - value(kernel - step)) / 2e-5
        np.testing.assert_allclose(found[place], slope, rtol=1e-6)


def test_gradients_of_gradients_flow():
    """As R1 takes them, against a NumPy difference."""
    layer = SpectralNormalization(keras.layers.Dense(1, dtype="float64"))
    layer.build((None, 4))
    x = tf.constant(np.random.default_rng(0).normal(size=(3, 4)))

    def penalty():
        with tf.GradientTape() as inner:
            inner.watch(x)
            logits = tf.reduce_sum(layer(x) ** 2)
        return tf.reduce_sum(inner.gradient(logits, x) ** 2)

    with tf.GradientTape() as tape:
        value = penalty()
    (found,) = tape.gradient(value, layer.trainable_variables[:1])
    # With one output σ = |w|, whose power iteration is exact: a function of w alone.
    kernel = layer.kernel.numpy()[:, 0]
    unit = lambda w: w / np.linalg.norm(w)  # noqa: E731

    def expected(w):
        return sum(np.sum((2 * (row @ unit(w)) * unit(w)) ** 2) for row in x.numpy())

    np.testing.assert_allclose(value, expected(kernel), rtol=1e-12)
    for place in range(4):
        step = 1e-6 * np.eye(4)[place]
        slope = (expected(kernel + step) - expected(kernel - step)) / 2e-6
        np.testing.assert_allclose(found[place, 0], slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["Dense", "Conv2D", "Conv2DTranspose"])
def test_fifty_training_steps_leave_a_largest_singular_value_of_one(name):
    layer, x = make(name), inputs_of(name)
    optimizer = keras.optimizers.SGD(0.05)
    start = layer.kernel.numpy()

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((layer(x, training=True) - 1.0) ** 2)
        variables = layer.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    for _ in range(50):
        train()
    assert np.abs(layer.kernel.numpy() - start).max() > 1e-2
    values = np.linalg.svd(matrix_of(layer.normalized_kernel(), name), compute_uv=0)
    assert abs(values[0] - 1.0) < 0.01


def test_u_starts_from_keras_seed_and_each_layer_from_its_own():
    first, second = make("Dense").u.numpy(), make("Dense").u.numpy()
    keras.utils.set_random_seed(0)
    np.testing.assert_array_equal(make("Dense").u, first)
    assert np.abs(first - second).max() > 1e-3


def test_several_calls_of_a_compiled_step_go_on_from_one_another():
    eager, compiled, x = make("Dense"), make("Dense"), inputs_of("Dense")
    compiled.set_weights(eager.get_weights())

    def calls(layer):
        return [layer(x, training=True) for _ in range(3)] + [layer(x)]

    expected = calls(eager)
    found = tf.function(lambda: calls(compiled), jit_compile=True)()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(compiled.u, eager.u, atol=1e-6)
    assert np.abs(expected[0] - expected[2]).max() > 1e-6


def test_a_kernel_of_zeros_stays_zero_and_can_leave():
    layer = SpectralNormalization(
        keras.layers.Dense(3, kernel_initializer="zeros", use_bias=False)
    )
    x = np.ones((2, 4), np.float32)
    with tf.GradientTape() as tape:
        outputs = layer(x, training=True)
        loss = tf.reduce_sum(outputs)
    np.testing.assert_array_equal(outputs, 0)
    (gradient,) = tape.gradient(loss, layer.trainable_variables)
    np.testing.assert_array_equal(gradient, np.full((4, 3), 2.0))
    assert np.linalg.norm(layer.u) > 0
    layer.kernel.assign(np.eye(4, 3))
    layer(x, training=True)
    np.testing.assert_allclose(layer.normalized_kernel(), np.eye(4, 3), atol=0.3)


def test_it_hands_on_a_scope_around_it_and_the_losses_of_the_layer():
    layer = SpectralNormalization(keras.layers.Dense(3, activity_regularizer="l2"))
    x = np.ones((2, 4), np.float32)
    plain = layer(x)
    expected = 0.01 * np.sum(plain.numpy() ** 2) / 2
    np.testing.assert_allclose(float(layer.losses[0]), expected, rtol=1e-5)
    values = [
        v + 1.0 if v.name == "bias" else v.value for v in layer.trainable_variables
    ]
    state = [v.value for v in layer.non_trainable_variables]
    shifted, _ = layer.stateless_call(values, state, x)
    np.testing.assert_allclose(shifted, plain + 1.0, rtol=1e-6)


def test_a_layer_without_a_kernel_is_refused():
    with pytest.raises(ValueError, match="`layer` must have a `kernel` or `embedd"):
        SpectralNormalization(keras.layers.BatchNormalization()).build((None, 3))
    with pytest.raises(ValueError, match="`power_iterations` must be an integer"):
        SpectralNormalization(keras.layers.Dense(3), power_iterations=0)


def test_a_generator_that_uses_it_equals_its_exports(tmp_path):
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            SpectralNormalization(keras.layers.Dense(2 * 2 * 4)),
            keras.layers.Reshape((2, 2, 4)),
            SpectralNormalization(keras.layers.Conv2DTranspose(4, 4, 2, "same")),
            SpectralNormalization(keras.layers.Conv2D(1, 3, padding="same")),
            keras.layers.Activation("tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    gan = GAN(generator, discriminator)
    generator(np.ones((2, 3)), training=True)
    onnx = export.runtime.load(export.save_onnx(gan, tmp_path / "g.onnx"))
    expected = gan.sample(5, seed=1)
    np.testing.assert_allclose(onnx.sample(5, seed=1), expected, rtol=0, atol=1e-6)
    export.save_saved_model(gan, tmp_path / "served")  # verifies itself
