"""Networks that do not tell their layers are looked at in TensorFlow's graph."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan, dense_networks
from harness.replicas import two_replicas

import keras_gan
from keras_gan import export
from keras_gan.training import network_ends

L = keras.layers
IMAGES = np.zeros((8, 2, 2, 1), np.float32)
pytestmark = pytest.mark.filterwarnings("ignore:This GAN cannot be saved")


class Judge(keras.Model):
    """A subclassed discriminator that ends in a function."""

    def __init__(self, end, units=1):
        super().__init__()
        self.flatten = L.Flatten()
        self.dense = L.Dense(units)
        self.end = end

    def call(self, x):
        return self.end(self.dense(self.flatten(x)))


class CompiledJudge(Judge):
    @tf.function
    def call(self, x):
        return tf.squeeze(tf.identity(super().call(x))[:, tf.newaxis], 1)


class Painter(keras.Model):
    """A subclassed generator that ends in a function."""

    def __init__(self, end):
        super().__init__()
        self.dense = L.Dense(4)
        self.end = end

    def build(self, shape):
        self.dense.build(shape)
        self.built = True

    def call(self, z):
        return tf.reshape(self.end(self.dense(z)), (-1, 2, 2, 1))


class Squash(L.Layer):
    def call(self, x):
        return keras.ops.sigmoid(x)


def painter(end):
    network = Painter(end)
    network.build((None, 3))
    return network


def sequential(*ends):
    return keras.Sequential([keras.Input((2, 2, 1)), L.Flatten(), *ends])


def make_gan(generator=None, discriminator=None, **arguments):
    networks = dense_networks()
    gan = keras_gan.GAN(
        generator or networks[0], discriminator or networks[1], seed=1, **arguments
    )
    gan.compile("sgd", "sgd", run_eagerly=True)
    return gan


@pytest.mark.parametrize(
    ("discriminator", "found"),
    [
        (lambda: Judge(tf.sigmoid), "ends in sigmoid"),
        (lambda: Judge(L.Activation("sigmoid")), "ends in sigmoid"),
        (lambda: Judge(keras.ops.tanh), "ends in tanh"),
        (lambda: Judge(tf.nn.softmax, 2), "ends in softmax"),
        (lambda: CompiledJudge(tf.nn.log_softmax), "ends in log_softmax"),
        (lambda: Judge(tf.identity, 10), "returns 10 numbers"),
        (lambda: sequential(L.Dense(1), Squash()), "ends in sigmoid"),
        (lambda: sequential(L.Dense(1), L.Lambda(tf.sigmoid)), "ends in sigmoid"),
        (lambda: sequential(L.Dense(1, tf.nn.sigmoid)), "ends in sigmoid"),
        (lambda: sequential(Judge(tf.sigmoid), L.Reshape((1,))), "ends in sigmoid"),
    ],
)
def test_an_end_that_only_the_graph_shows_is_refused(discriminator, found):
    gan = make_gan(discriminator=discriminator())
    with pytest.raises(ValueError, match=f"`discriminator` {found}"):
        gan.fit(IMAGES, verbose=0)
    assert not tf.config.functions_run_eagerly()


@pytest.mark.parametrize(
    "discriminator",
    [
        lambda: Judge(tf.identity),
        lambda: Judge(lambda x: 0.1 * tf.sigmoid(x) + x),
        lambda: CompiledJudge(tf.nn.leaky_relu),
        lambda: sequential(L.Dense(4), L.Lambda(lambda x: tf.reduce_sum(x, -1))),
    ],
)
def test_logits_of_networks_that_do_not_tell_train(discriminator):
    gan = make_gan(discriminator=discriminator())
    gan.fit(IMAGES, verbose=0)
    assert int(gan.step) == 1


def test_a_network_is_traced_once(monkeypatch):
    gan = make_gan(discriminator=Judge(tf.identity))
    gan.fit(IMAGES, verbose=0)
    monkeypatch.delattr(network_ends, "traced_end")
    gan.train_on_batch(IMAGES)
    gan.evaluate(IMAGES, verbose=0)


def test_a_subclassed_discriminator_is_refused_on_replicas_too():
    with two_replicas().scope():
        gan = keras_gan.GAN(dense_networks()[0], Judge(tf.sigmoid), seed=1)
        gan.compile("sgd", "sgd")
    with pytest.raises(ValueError, match="ends in sigmoid"):
        gan.fit(IMAGES, verbose=0)


def test_a_subclassed_generator_of_another_range_is_refused():
    network = painter(tf.sigmoid)
    gan = make_gan(network)
    with pytest.raises(ValueError, match=r"ends in sigmoid.*end it in tanh"):
        gan.fit(IMAGES, verbose=0)
    make_gan(network, value_range=(0, 1)).fit(IMAGES, verbose=0)


def forty_times(x):
    return 40.0 * x


def cut(x):
    return tf.clip_by_value(forty_times(x), -1.0, 1.0)


def test_samples_far_outside_of_their_range_get_a_warning(tmp_path):
    gan = make_gan(painter(forty_times))
    sentence = r"of the values .* far outside `value_range` \(-1, 1\).*end it in tanh"
    with pytest.warns(UserWarning, match=sentence) as found:
        gan.fit(IMAGES, verbose=0)
    assert [w.filename for w in found if "value_range" in str(w.message)] == [__file__]
    with pytest.warns(UserWarning, match=sentence):
        export.save_onnx(gan, tmp_path / "g.onnx")
    make_gan(painter(forty_times), value_range=None).fit(IMAGES, verbose=0)


@pytest.mark.parametrize("end", [tf.identity, cut, tf.tanh])
def test_samples_in_or_near_their_range_get_no_warning(end):
    make_gan(painter(end)).fit(IMAGES, verbose=0)
    dense_gan(output=None).sample(2, seed=0)
