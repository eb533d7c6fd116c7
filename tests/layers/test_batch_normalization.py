"""Batch normalization is Keras's, whatever operation computes it."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.replicas import two_replicas

from keras_gan import layers

RANDOM = np.random.default_rng(0)
SHAPES = {"maps": (6, 4, 5, 3), "vectors": (6, 3), "sequences": (6, 4, 3)}


def prepared(layer, shape):
    """Returns the layer with a scale and an offset of its own for each channel."""
    layer.build(shape)
    layer.gamma.assign([0.5, 1.0, 2.0])
    layer.beta.assign([0.1, -0.2, 0.3])
    return layer


def derivatives(layer, x):
    """Outputs, gradients and gradients of gradients of a training call."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            outputs = layer(x, training=True)
            value = tf.reduce_sum(tf.tanh(outputs) ** 2)
        first = inner.gradient(value, [x, layer.gamma.value, layer.beta.value])
        penalty = tf.reduce_sum(first[0] ** 2)
    second = outer.gradient(penalty, [x, layer.gamma.value])
    return [outputs, *first, penalty, *second]


def trained(layer, x):
    """What two training calls give, and leave behind."""
    prepared(layer, x.shape)
    derivatives(layer, x)
    return [*derivatives(layer, x), *layer.get_weights(), layer(x)]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_kerass_to_the_rounding(shape):
    x = tf.constant(RANDOM.normal(2.0, 3.0, SHAPES[shape]), tf.float32)
    options = {"momentum": 0.7, "epsilon": 0.01}
    found = trained(layers.BatchNormalization(**options), x)
    expected = trained(keras.layers.BatchNormalization(**options), x)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_two_replicas_share_statistics_gradients_and_gradients_of_these():
    x = RANDOM.normal(2.0, 3.0, (6, 4, 5, 3)).astype(np.float32)
    alone = prepared(layers.BatchNormalization(), x.shape)
    outputs, by_x, *_, penalty, second, _ = derivatives(alone, tf.constant(x))
    strategy = two_replicas()
    with strategy.scope():
        layer = prepared(layers.BatchNormalization(), x.shape)

    @tf.function
    def run():
        def replica():
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            return derivatives(layer, tf.constant(x)[number * 3 : number * 3 + 3])

        return strategy.run(replica)

    found = [strategy.experimental_local_results(each) for each in run()]
    for place, whole in {0: outputs, 1: by_x, 5: second}.items():
        both = np.concatenate(found[place])
        np.testing.assert_allclose(both, whole, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(sum(found[4]), penalty, rtol=1e-5)
    for name in ("moving_mean", "moving_variance"):
        ours, whole = getattr(layer, name), getattr(alone, name)
        np.testing.assert_allclose(ours, whole, rtol=1e-5)


def test_what_the_fused_operation_cannot_do_is_left_to_keras():
    x = tf.constant(RANDOM.normal(size=(6, 4, 5, 3)))
    ours = layers.BatchNormalization(dtype="float64")
    keras_own = keras.layers.BatchNormalization(dtype="float64")
    found, expected = ours(x, training=True), keras_own(x, training=True)
    assert found.dtype == tf.float64
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    first = layers.BatchNormalization(axis=1)
    x = tf.cast(x, tf.float32)
    expected = keras.layers.BatchNormalization(axis=1)(x, training=True)
    np.testing.assert_allclose(first(x, training=True), expected, atol=1e-5)


def test_a_frozen_layer_uses_what_it_has_learned():
    x = tf.constant(RANDOM.normal(2.0, 3.0, (6, 3)), tf.float32)
    layer = layers.BatchNormalization()
    layer.build(x.shape)
    layer.trainable = False
    np.testing.assert_array_equal(layer(x, training=True), layer(x, training=False))
    np.testing.assert_array_equal(layer.moving_mean, np.zeros(3))


def test_statistics_of_one_replica_alone_are_refused():
    with pytest.raises(TypeError, match=r"multiple values .* 'synchronized'"):
        layers.BatchNormalization(synchronized=False)
