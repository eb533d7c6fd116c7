"""Stock layers inside `FasterForms` against themselves outside of it."""

import contextlib
from collections import Counter

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.replicas import one_device, two_replicas

from keras_gan import GAN
from keras_gan.layers.faster_forms import FasterForms

stock = keras.layers


def convolution(filters, size=3, **options):
    return stock.Conv2D(filters, size, padding="same", **options)


def pool():
    return stock.AveragePooling2D(2)


def with_branches():
    """Returns layers whose repeated and whose unpooled map another layer needs, too."""
    inputs = keras.Input((8, 8, 4))
    repeated = stock.UpSampling2D(2)(inputs)
    convolved = convolution(4)(repeated)
    halved = stock.UpSampling2D(2)(pool()(convolved))
    return [keras.Model(inputs, stock.Add()([repeated, convolved, halved]))]


# Layers with a faster form, and the channels of their inputs.
FASTER = {
    "to three channels": (lambda: [convolution(3, 5, activation="tanh")], 64),
    "from three channels": (lambda: [convolution(8, 4, strides=2)], 3),
    "transposed": (lambda: [stock.Conv2DTranspose(3, 4, 2, "same")], 16),
    "upsampled": (lambda: [stock.UpSampling2D(), convolution(8)], 4),
    "upsampled to one": (
        lambda: [stock.UpSampling2D(), convolution(1, use_bias=False)],
        4,
    ),
    "pooled": (lambda: [convolution(8), pool()], 4),
    "pooled without bias": (lambda: [convolution(8, use_bias=False), pool()], 4),
    "branches": (with_branches, 4),
    "normalized": (lambda: [stock.BatchNormalization(), pool()], 4),
    "normalized without weights": (
        lambda: [stock.BatchNormalization(center=False, scale=False)],
        4,
    ),
}


class OwnCall(stock.Conv2D):
    def call(self, inputs):
        return super().call(2 * inputs)


class OwnConvolution(stock.Conv2D):
    def convolution_op(self, inputs, kernel):
        return super().convolution_op(2 * inputs, kernel)


def changed():
    """Returns a layer with a method of the object's own."""
    layer = convolution(3, 5)
    own = layer.convolution_op
    layer.convolution_op = lambda inputs, kernel: own(2 * inputs, kernel)
    return layer


# Layers that look like those above, and have no faster form.
LEFT = {
    "own call": (lambda: [OwnCall(3, 5, padding="same")], 64),
    "own convolution": (lambda: [OwnConvolution(3, 5, padding="same")], 64),
    "own method": (lambda: [changed()], 64),
    "four channels": (lambda: [convolution(4, 5)], 64),
    "few inputs": (lambda: [convolution(3, 5)], 16),
    "even kernel": (lambda: [convolution(3, 4)], 64),
    "valid": (lambda: [stock.Conv2D(3, 5)], 64),
    "dilated": (lambda: [convolution(3, 5, dilation_rate=2)], 64),
    "groups": (lambda: [convolution(8, groups=2), pool()], 4),
    "float64": (lambda: [convolution(3, 5, dtype="float64")], 64),
    "bfloat16": (lambda: [convolution(3, 5, dtype="mixed_bfloat16")], 64),
    "bilinear": (
        lambda: [stock.UpSampling2D(interpolation="bilinear"), convolution(8)],
        4,
    ),
    "three times": (lambda: [stock.UpSampling2D(3), convolution(8)], 4),
    "activation": (lambda: [convolution(8, activation="tanh"), pool()], 4),
    "other steps": (lambda: [convolution(8), stock.AveragePooling2D(2, 1)], 4),
    "other axis": (lambda: [stock.BatchNormalization(axis=1)], 4),
    "frozen": (lambda: [stock.BatchNormalization(trainable=False)], 4),
}


def network_of(case):
    make, channels = case
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((8, 8, channels)), *make()]), channels


def operations(network, channels, context):
    """Counts the operations that the outputs of a training step come from."""

    @tf.function
    def forward(inputs):
        with context:
            return network(inputs, training=True)

    shape = tf.TensorSpec((2, 8, 8, channels))
    waiting = [forward.get_concrete_function(shape).structured_outputs.op]
    found = {}
    while waiting:
        operation = waiting.pop()
        if operation.name not in found:
            found[operation.name] = operation.type
            waiting += [tensor.op for tensor in operation.inputs]
    return Counter(found.values())


def outcome(network, inputs, context, *, in_graph):
    """Returns outputs, gradients, those of a penalty on them, and moving statistics."""
    initial = network.get_weights()

    def compute():
        with context, tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                outputs = network(inputs, training=True)
                value = tf.reduce_sum(tf.tanh(outputs) * tf.sin(4 * outputs))
            first = inner.gradient(value, [inputs, *network.trainable_weights])
            penalty = tf.reduce_mean(first[0] ** 2)
        weights = network.trainable_weights
        second = outer.gradient(penalty, weights, unconnected_gradients="zero")
        return outputs, *first, penalty, *second

    results = (tf.function(compute) if in_graph else compute)()
    moved = network.get_weights()
    network.set_weights(initial)
    return [*results, *moved]


@pytest.mark.parametrize("in_graph", [True, False])
@pytest.mark.parametrize("name", FASTER)
def test_faster_forms_compute_the_same(name, in_graph):
    network, channels = network_of(FASTER[name])
    random = np.random.default_rng(1)
    for weight in network.weights:
        weight.assign(weight + random.uniform(0.1, 0.3, weight.shape))
    inputs = tf.constant(random.normal(size=(4, 8, 8, channels)), tf.float32)
    plain = contextlib.nullcontext()
    expected = outcome(network, inputs, plain, in_graph=in_graph)
    found = outcome(network, inputs, FasterForms(network), in_graph=in_graph)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        size = np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=3e-5 * size + 1e-5)


@pytest.mark.parametrize("name", FASTER)
def test_faster_forms_are_taken_and_given_back(name, monkeypatch):
    network, channels = network_of(FASTER[name])
    inside = operations(network, channels, FasterForms(network))
    after = operations(network, channels, contextlib.nullcontext())
    assert inside != after
    assert not any("call" in vars(layer) for layer in network.layers)
    monkeypatch.setenv("KERAS_GAN_FASTER_LAYERS", "0")
    assert operations(network, channels, FasterForms(network)) == after


@pytest.mark.parametrize("name", LEFT)
def test_what_has_no_faster_form_is_left_alone(name):
    network, channels = network_of(LEFT[name])
    inside = operations(network, channels, FasterForms(network))
    assert inside == operations(network, channels, contextlib.nullcontext())


def users_gan():
    """Returns a GAN of stock layers that all have faster forms."""
    keras.utils.set_random_seed(0)
    latents = [keras.Input((8,)), stock.Dense(256), stock.Reshape((4, 4, 16))]
    repeated = [stock.UpSampling2D(), convolution(64), stock.LeakyReLU(0.2)]
    normalized = stock.BatchNormalization(synchronized=True)
    generator = [*latents, *repeated, normalized, convolution(3, activation="tanh")]
    pixels = [keras.Input((8, 8, 3)), convolution(16), pool(), stock.LeakyReLU(0.2)]
    discriminator = [*pixels, stock.Flatten(), stock.Dense(1)]
    gan = GAN(keras.Sequential(generator), keras.Sequential(discriminator), seed=1)
    gan.compile(keras.optimizers.SGD(0.05), keras.optimizers.SGD(0.05))
    return gan


def test_fit_uses_faster_forms_and_changes_no_network(monkeypatch):
    images = np.random.default_rng(0).uniform(-1, 1, (32, 8, 8, 3)).astype("float32")
    trained = {}
    for place in ("stock", "faster", "two replicas"):
        switch = "0" if place == "stock" else "1"
        monkeypatch.setenv("KERAS_GAN_FASTER_LAYERS", switch)
        strategy = two_replicas() if place == "two replicas" else one_device()
        with strategy.scope():
            gan = users_gan()
        gan.fit(images, batch_size=8, epochs=2, shuffle=False, verbose=0)
        trained[place] = gan.get_weights()
    for place in ("faster", "two replicas"):
        for ours, theirs in zip(trained[place], trained["stock"], strict=True):
            np.testing.assert_allclose(ours, theirs, atol=2e-5)
    assert any(
        not np.array_equal(ours, theirs)
        for ours, theirs in zip(trained["faster"], trained["stock"], strict=True)
    )
