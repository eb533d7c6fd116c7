"""A generator that draws random numbers itself makes one image of a seed."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import export
from keras_gan.callbacks import Checkpoint

L = keras.layers
DATA = np.random.default_rng(0).uniform(-1, 1, (16, 4, 4, 1)).astype(np.float32)


class Noise(L.Layer):
    """Noise by Keras's global generator, as people write it."""

    def call(self, x):
        return x + 0.3 * keras.random.normal(keras.ops.shape(x))


class SeededNoise(L.Layer):
    """Noise by a generator of the layer's own, as Keras advises."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, x):
        shape = keras.ops.shape(x)
        return x + 0.3 * keras.random.uniform(shape, seed=self.seed_generator)


class FixedNoise(L.Layer):
    """Noise of one seed, which differs between the rows of a batch."""

    def call(self, x):
        return x + 0.3 * keras.random.normal(keras.ops.shape(x), seed=5)


class StatefulNoise(L.Layer):
    """Noise that no seed reaches."""

    def call(self, x):
        return x + tf.random.normal(tf.shape(x))


class RngNoise(L.Layer):
    """Noise of a TensorFlow generator."""

    def __init__(self, **options):
        super().__init__(**options)
        self.rng = tf.random.Generator.from_seed(3)

    def call(self, x):
        return x + self.rng.normal(tf.shape(x))


def make_gan(noise, **settings):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            L.Dense(16),
            L.Reshape((4, 4, 1)),
            noise(),
            L.Activation("tanh"),
        ]
    )
    discriminator = keras.Sequential([keras.Input((4, 4, 1)), L.Flatten(), L.Dense(1)])
    gan = keras_gan.GAN(generator, discriminator, seed=1)
    gan.compile("sgd", "sgd", **settings)
    return gan


@pytest.mark.parametrize("noise", [Noise, SeededNoise, FixedNoise])
def test_a_seed_is_one_image_in_every_batch_and_call(noise):
    gan = make_gan(noise)
    images = gan.sample(seeds=[1, 2, 3])
    np.testing.assert_array_equal(gan.sample(seeds=[1, 2, 3]), images)
    np.testing.assert_allclose(gan.sample(seeds=[3, 2]), images[[2, 1]], atol=1e-6)
    np.testing.assert_allclose(
        gan.sample(seeds=[1, 2, 3], batch_size=2), images, atol=1e-6
    )
    np.testing.assert_allclose(gan.generate(gan.latents([1, 2, 3])), images, atol=1e-6)


@pytest.mark.parametrize("noise", [Noise, SeededNoise])
def test_other_seeds_draw_other_numbers(noise):
    gan = make_gan(noise)
    gan.generator.layers[0].set_weights([np.zeros((3, 16)), np.zeros(16)])
    images = gan.sample(seeds=range(64)).reshape(64, -1)
    assert images.std(axis=0).min() > 0.05
    assert images.std(axis=1).min() > 0.05


@keras.saving.register_keras_serializable("test_drawing_generators")
def noisy(x):
    return x + tf.random.normal(tf.shape(x))


def stateful_activation():
    """A layer of Keras's whose activation draws."""
    return L.Activation(noisy)


@pytest.mark.parametrize("noise", [StatefulNoise, RngNoise, stateful_activation])
def test_numbers_that_no_seed_reaches_are_refused(noise, tmp_path):
    gan = make_gan(noise)
    with pytest.raises(ValueError, match=r"use `keras\.random\.normal\(shape\)`"):
        gan.sample(seeds=[1])
    with pytest.raises(ValueError, match=r"use `keras\.random\.normal\(shape\)`"):
        gan.fit(DATA, verbose=0)
    assert int(gan.step) == 0
    with pytest.raises(ValueError, match=r"use `keras\.random\.normal\(shape\)`"):
        export.save_saved_model(gan, tmp_path / "served")


@pytest.mark.slow
def test_the_numbers_of_seeds_are_exported_to_a_saved_model(tmp_path):
    gan = make_gan(Noise)
    folder = export.save_saved_model(gan, tmp_path / "served")
    loaded = tf.saved_model.load(str(folder))
    seeds = np.array([4, 9, 4], np.int64)
    drawn = loaded.signatures["generate"](
        seed=tf.constant(seeds), truncation=tf.ones(3)
    )["image_bytes"]
    levels = np.stack([tf.io.decode_png(each).numpy() for each in drawn])
    expected = (gan.sample(seeds=seeds) + 1) * 127.5
    assert np.abs(levels - expected).max() < 0.51
    with pytest.raises(ValueError, match="export a SavedModel"):
        export.save_onnx(gan, tmp_path / "drawn.onnx")


@pytest.mark.parametrize(
    "noise", [Noise, pytest.param(SeededNoise, marks=pytest.mark.slow)]
)
def test_a_killed_training_resumes_to_the_bit(noise, tmp_path):
    class Kill(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.step) == 3:
                raise MemoryError

    def train(*callbacks):
        gan = make_gan(noise, run_eagerly=True)
        gan.fit(DATA, batch_size=8, epochs=3, verbose=0, callbacks=list(callbacks))
        return gan.generator.get_weights() + gan.discriminator.get_weights()

    with pytest.raises(MemoryError):
        train(Checkpoint(tmp_path, every_steps=1), Kill())
    keras.random.normal((2,))  # moves Keras's global generator
    resumed = train(Checkpoint(tmp_path))
    for one, other in zip(resumed, train(), strict=True):
        if one.dtype == np.float32:
            np.testing.assert_array_equal(one, other)


def test_two_replicas_train_a_generator_that_draws():
    devices = [device.name for device in tf.config.list_logical_devices("CPU")[:2]]
    with tf.distribute.MirroredStrategy(devices).scope():
        gan = make_gan(Noise)
    logs = gan.fit(DATA, batch_size=8, verbose=0).history
    assert np.isfinite(logs["g_loss"]).all()
    np.testing.assert_array_equal(gan.sample(seeds=[2]), gan.sample(seeds=[2]))


def test_an_evaluation_repeats_its_numbers():
    gan = make_gan(Noise)
    assert gan.evaluate(DATA, verbose=0) == gan.evaluate(DATA, verbose=0)
