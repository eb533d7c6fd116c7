"""Generators of Keras's activations and layers export, or the layer is named."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.generators import build_points_gan
from keras import layers

from keras_gan import GAN, export
from keras_gan.export import runtime
from keras_gan.export.graph import missing_operators


def gan_with(function, dtype=None):
    """A GAN whose generator computes maps (4, 4, 2) by the function."""
    z = keras.Input((3,))
    x = layers.Reshape((4, 4, 2))(layers.Dense(32, dtype=dtype)(z))
    x = layers.Dense(16, "tanh", dtype=dtype)(layers.Flatten()(function(x)))
    generator = keras.Model(z, layers.Reshape((4, 4, 1))(x), name="painter")
    critic = [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)]
    return GAN(generator, keras.Sequential(critic))


def check_export(gan, path, **arguments):
    export.save_onnx(gan, path, **arguments)  # compares it with the model
    images = runtime.load(path, threads=1).sample(2, seed=1)
    if not arguments:
        np.testing.assert_allclose(images, gan.sample(2, seed=1), atol=1e-5)


def test_activations_export(tmp_path):
    names = ("gelu", "celu", "log_sigmoid", "squareplus", "mish", "sparsemax")
    gan = gan_with(lambda x: layers.Add()([layers.Activation(n)(x) for n in names]))
    check_export(gan, tmp_path / "g.onnx")


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(4, 3, groups=2, padding="same"),
        layers.Conv2D(2, 2, strides=2, groups=2),
    ],
)
def test_a_grouped_convolution_exports(layer, tmp_path):
    check_export(gan_with(layer), tmp_path / "g.onnx")
    assert not tf.config.functions_run_eagerly()


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv3D(4, 3, groups=2, padding="same", strides=2),
        layers.Conv1D(4, 3, groups=4, dilation_rate=2),
        layers.Conv3D(2, 2),
    ],
)
def test_a_convolution_of_another_dimension_exports(layer, tmp_path):
    shape = (2, 2, 2, 4) if layer.rank == 3 else (8, 4)
    check_export(
        gan_with(lambda x: layer(layers.Reshape(shape)(x))), tmp_path / "g.onnx"
    )


def test_operations_export(tmp_path):
    ops = keras.ops
    operations = [
        lambda x: ops.logaddexp(x, 2.0 * x),
        lambda x: ops.log1p(ops.square(x)),
        lambda x: ops.expm1(x),
        lambda x: 1.0 - ops.erf(x),
    ]
    gan = gan_with(lambda x: layers.Add()([f(x) for f in operations]))
    check_export(gan, tmp_path / "g.onnx")


class Shifted(layers.Layer):
    """Keeps a tensor that is no variable."""

    def __init__(self):
        super().__init__()
        self.shift = tf.constant([0.25, -0.5])

    def call(self, inputs):
        return inputs + self.shift


@pytest.mark.parametrize(
    "make", [Shifted, lambda: layers.Normalization(mean=0.5, variance=2.0)]
)
def test_a_constant_of_a_layer_is_no_input_of_the_graph(make, tmp_path):
    check_export(gan_with(make()), tmp_path / "g.onnx")


class Gamma(layers.Layer):
    def call(self, inputs):
        return tf.math.lgamma(1.0 + inputs**2)


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (Gamma(name="strange"), r"the layer 'strange' \(Gamma\) uses"),
        (
            layers.Dense(2, tf.math.lgamma, name="dense_of_mine"),
            r"the layer 'dense_of_mine' \(Dense\) uses",
        ),
        (
            layers.Activation(tf.math.lgamma, name="act"),
            r"the layer 'act' \(Activation 'lgamma'\) uses",
        ),
    ],
)
def test_the_layer_that_cannot_be_exported_is_named(function, named, tmp_path):
    gan = gan_with(function)
    with pytest.raises(ValueError, match=named + " TensorFlow's Lgamma. Use another"):
        export.save_onnx(gan, tmp_path / "g.onnx")
    assert not list(tmp_path.iterdir())
    assert gan.sample(1, seed=0).shape == (1, 4, 4, 1)
    assert "call" not in vars(gan.generator.layers[1])


@pytest.fixture
def float64():
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def test_a_float64_generator_exports_in_float32(float64, tmp_path):
    convolution = layers.Conv2DTranspose(2, 3)
    gan = gan_with(lambda x: layers.BatchNormalization()(convolution(x)))
    check_export(gan, tmp_path / "g.onnx")
    check_export(gan, tmp_path / "half.onnx", precision="float16")
    assert keras.config.floatx() == "float64"
    assert {layer.compute_dtype for layer in gan.generator.layers} == {"float64"}
    assert {weight.dtype for weight in gan.generator.weights} == {"float64"}


def test_a_single_float64_layer_exports(tmp_path):
    check_export(gan_with(layers.ReLU(), dtype="float64"), tmp_path / "g.onnx")


def test_a_float64_generator_is_a_saved_model(float64, tmp_path):
    version = export.save_saved_model(build_points_gan(), tmp_path / "model")
    assert version.name == "1"


def _in_onnx_runtime(function, x):
    import onnxruntime
    import tf2onnx

    signature = [tf.TensorSpec((None,), tf.float32, name="x")]
    model, _ = tf2onnx.convert.from_function(
        tf.function(function, input_signature=signature),
        input_signature=signature,
        opset=18,
        custom_op_handlers=missing_operators.handlers(),
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize(
    ("function", "exact", "rtol", "atol"),
    [
        (tf.math.erfc, math.erfc, 0.0, 3e-7),
        (tf.math.expm1, math.expm1, 1e-6, 1e-30),
        (lambda x: tf.math.log1p(tf.abs(x)), lambda x: math.log1p(abs(x)), 1e-6, 2e-7),
    ],
)
def test_an_operator_equals_the_function(function, exact, rtol, atol):
    x = np.array([-50, -5, -1, -1e-6, 0, 1e-6, 0.5, 3, 20], np.float32)
    expected = [exact(float(value)) for value in x]
    np.testing.assert_allclose(_in_onnx_runtime(function, x), expected, rtol, atol)


def test_buckets_begin_at_their_boundary():
    x = np.array([-9, -1, -0.99, 0, 2, 3], np.float32)
    found = _in_onnx_runtime(
        lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 2.0]), x
    )
    np.testing.assert_array_equal(found, [0, 1, 1, 2, 3, 3])
