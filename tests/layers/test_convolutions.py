"""Convolutional layers against plain NumPy and Keras, with gradients of gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import layers

RANDOM = np.random.default_rng(0)


def assert_survives_saving(layer, inputs, path):
    symbolic = keras.Input(inputs.shape[1:])
    model = keras.Model(symbolic, layer(symbolic))
    model.save(path)
    loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(loaded(inputs), model(inputs))
    assert loaded.output_shape == model.output_shape


def valid_convolution(x, kernel):
    """Cross-correlation `(B, H, W, C)` with `(h, w, C, F)`, by its definition."""
    height, width = kernel.shape[:2]
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    result = np.zeros((len(x), rows, columns, kernel.shape[3]))
    for i in range(rows):
        for j in range(columns):
            window = x[:, i : i + height, j : j + width]
            result[:, i, j] = np.einsum("bhwc,hwcf->bf", window, kernel)
    return result


def test_convolutional_maxout_is_the_largest_piece(tmp_path):
    layer = layers.MaxoutConv2D(3, pieces=2, kernel_size=2, bias_initializer="normal")
    x = RANDOM.normal(size=(2, 5, 4, 2)).astype(np.float32)
    found = layer(x).numpy()
    linear = valid_convolution(x, layer.kernel.numpy()) + layer.bias.numpy()
    expected = linear.reshape(2, 4, 3, 2, 3).max(axis=-2)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert layer.compute_output_shape((None, 5, None, 2)) == (None, 4, None, 3)
    assert_survives_saving(layer, x, tmp_path / "layer.keras")


def test_a_maxout_kernel_obeys_its_constraint():
    constraint = keras.constraints.MaxNorm(0.1, axis=(0, 1, 2))
    layer = layers.MaxoutConv2D(2, 2, 3, kernel_constraint=constraint)
    layer.build((None, 5, 5, 1))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.apply([keras.ops.ones_like(layer.kernel)], [layer.kernel])
    norms = np.linalg.norm(layer.kernel.numpy().reshape(9, 4), axis=0)
    np.testing.assert_allclose(norms, 0.1, rtol=1e-5)


def test_a_grouped_convolution_is_one_for_each_group(tmp_path):
    layer = layers.GroupedConv2D(6, kernel_size=3, groups=2)
    x = RANDOM.normal(size=(2, 5, 4, 4)).astype(np.float32)
    found = layer(x).numpy()
    assert layer.kernel.shape == (3, 3, 2, 6)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    kernel = layer.kernel.numpy()
    parts = [
        valid_convolution(padded[..., :2], kernel[..., :3]),
        valid_convolution(padded[..., 2:], kernel[..., 3:]),
    ]
    np.testing.assert_allclose(found, np.concatenate(parts, -1), atol=1e-5)
    assert_survives_saving(layer, x, tmp_path / "layer.keras")


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_grouped_convolution_has_kerass_gradients_of_gradients(jit_compile):
    """Keras computes its own by XLA."""
    x = tf.constant(RANDOM.normal(size=(2, 6, 5, 8)), tf.float32)
    pair = (
        layers.GroupedConv2D(8, 3, groups=4),
        keras.layers.Conv2D(8, 3, padding="same", groups=4),
    )
    found = []
    for layer in pair:
        layer.build(x.shape)
        layer.set_weights([*pair[0].get_weights()])

        @tf.function(jit_compile=jit_compile)
        def penalty_gradient(layer=layer):
            with tf.GradientTape() as outer:
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    output = tf.reduce_sum(tf.tanh(layer(x)))
                penalty = tf.reduce_sum(inner.gradient(output, x) ** 2)
            return outer.gradient(penalty, layer.kernel.value)

        found.append(penalty_gradient().numpy())
    assert np.abs(found[1]).max() > 0.1
    np.testing.assert_allclose(found[0], found[1], atol=1e-4)


def test_halving_is_the_filter_of_the_paper(tmp_path):
    """Zeros around, (1, 3, 3, 1) / 8 in both directions, every second pixel."""
    layer = layers.LowPassDownsampling2D()
    x = RANDOM.normal(size=(2, 6, 4, 3)).astype(np.float32)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    taps = np.array([1, 3, 3, 1]) / 8
    expected = np.zeros((2, 3, 2, 3))
    for i in range(3):
        for j in range(2):
            window = padded[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4]
            expected[:, i, j] = np.einsum("bhwc,h,w->bc", window, taps, taps)
    np.testing.assert_allclose(layer(x), expected, atol=1e-6)
    assert_survives_saving(layer, x, tmp_path / "layer.keras")


def test_halving_takes_away_what_would_alias():
    """A checkerboard is above the new resolution; a constant is left as it is."""
    board = np.indices((8, 8)).sum(axis=0) % 2 * 2.0 - 1
    for image, expected in ((board, 0.0), (np.ones((8, 8)), 1.0)):
        found = layers.LowPassDownsampling2D()(image[None, :, :, None])
        inner = found.numpy()[0, 1:-1, 1:-1, 0]
        np.testing.assert_allclose(inner, expected, atol=1e-6)


def test_a_basis_is_an_outer_product(tmp_path):
    layer = layers.SpatialBasis2D(2, 3)
    x = RANDOM.normal(size=(4, 5)).astype(np.float32)
    found = layer(x).numpy()
    expected = np.einsum("bc,hwc->bhwc", x, layer.basis.numpy())
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert_survives_saving(layer, x, tmp_path / "layer.keras")


def of_two_steps(name, layer):
    """What Keras's two layers, whose place a layer takes, make of its weights."""
    convolve = keras.layers.Conv2D(layer.filters, layer.kernel_size, padding="same")
    resize = keras.layers.UpSampling2D(interpolation="nearest")
    if name == "PoolingConv2D":
        resize = keras.layers.AveragePooling2D(2)

    def apply(x):
        x = resize(x) if name == "UpsamplingConv2D" else x
        if not convolve.built:
            convolve.build(x.shape)
            convolve.set_weights(layer.get_weights())
        x = convolve(x)
        return resize(x) if name == "PoolingConv2D" else x

    return apply, convolve


@pytest.mark.parametrize("name", ["UpsamplingConv2D", "PoolingConv2D"])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_convolving_and_resizing_at_once_is_the_one_after_the_other(name, size):
    """Also gradients, and gradients of gradients."""
    layer = getattr(layers, name)(3, size)
    x = tf.constant(RANDOM.normal(size=(2, 6, 4, 5)), tf.float32)
    layer.build(x.shape)
    layer.bias.assign([0.1, -0.2, 0.3])
    two_steps, convolve = of_two_steps(name, layer)
    np.testing.assert_allclose(layer(x), two_steps(x), atol=1e-5)

    def gradients(function, kernel):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                output = tf.reduce_sum(tf.tanh(function(x)))
            penalty = tf.reduce_sum(inner.gradient(output, x) ** 2)
        return [penalty, outer.gradient(penalty, kernel.value)]

    found = gradients(layer, layer.kernel)
    expected = gradients(two_steps, convolve.kernel)
    assert np.abs(expected[1]).max() > 0.1
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


IMAGE_OPTIONS = {
    "halving": {"kernel_size": 4, "strides": 2, "padding": "same"},
    "odd kernel": {"kernel_size": (5, 3), "strides": 2, "padding": "same"},
    "thirds": {"kernel_size": 4, "strides": 3, "padding": "same"},
    "rectifier": {"kernel_size": 3, "padding": "same", "activation": "relu"},
    # What Keras's own operation does.
    "no padding": {"kernel_size": 2, "strides": 2},
    "small kernel": {"kernel_size": 1, "strides": 2, "padding": "same"},
    "two strides": {"kernel_size": 3, "strides": (1, 2), "padding": "same"},
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("options", IMAGE_OPTIONS)
@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
def test_convolutions_of_images_are_kerass(name, options, dtype):
    """Also gradients, and gradients of gradients.

    The latter are sums of thousands, which nearly cancel; they are compared in float64.
    """
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    pair = [
        getattr(module, prefix + name)(2, dtype=dtype, **IMAGE_OPTIONS[options])
        for module, prefix in ((layers, "Image"), (keras.layers, ""))
    ]
    x = tf.constant(random.normal(size=(2, 6, 12, 3)), dtype)
    found = []
    for layer in pair:
        layer.build(x.shape)
        layer.set_weights([*pair[0].get_weights()])
        layer.bias.assign([0.1, -0.2])
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                outputs = layer(x)
                value = tf.reduce_sum(tf.tanh(outputs) ** 2)
            first = inner.gradient(value, [x, layer.kernel.value, layer.bias.value])
            penalty = tf.add_n([tf.reduce_sum(part**2) for part in first])
        second = outer.gradient(penalty, [x, layer.kernel.value])
        exact = [penalty, *second] if dtype == "float64" else []
        found.append([outputs, *first, *exact])
    tolerance = 1e-9 if dtype == "float64" else 1e-4
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


ERRORS = {
    "even kernel": (
        lambda: layers.UpsamplingConv2D(2, 4),
        "`kernel_size` must be odd, such as 3; got 4",
    ),
    "unknown size": (
        lambda: layers.UpsamplingConv2D(2, 3)(keras.Input((None, 4, 3))),
        "`UpsamplingConv2D` needs to know the height",
    ),
    "odd size": (
        lambda: layers.PoolingConv2D(2, 3)(keras.Input((5, 4, 3))),
        r"an even height and width and known channels; they are \(5, 4, 3\)",
    ),
    "filters": (lambda: layers.MaxoutConv2D(0, 2, 3), "`filters` must be an integer"),
    "pieces": (lambda: layers.MaxoutConv2D(2, 0, 3), "`pieces` must be an integer"),
    "kernel": (lambda: layers.MaxoutConv2D(2, 2, 0), "`kernel_size` must be"),
    "groups": (lambda: layers.GroupedConv2D(4, 3, 3), "`groups=3` divides; got 4"),
    "inputs": (
        lambda: layers.GroupedConv2D(4, 3, 2).build((None, 4, 4, 3)),
        "`inputs` must have channels that `groups=2` divides; got 3",
    ),
    "height": (lambda: layers.SpatialBasis2D(0, 4), "`height` must be an integer"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_built_is_named(case):
    build, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        build()
