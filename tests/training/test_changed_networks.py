"""Samples follow what is done to the networks after `compile`, or it is refused."""

import keras
import numpy as np
import pytest
from harness.gans import dense_gan

import keras_gan

L = keras.layers
IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 2, 2, 1)).astype(np.float32)


def make_gan(**settings):
    gan = dense_gan(units=[8])
    gan.compile("sgd", "sgd", run_eagerly=True, **settings)
    return gan


def first_dense(gan):
    return next(each for each in gan.generator.layers if isinstance(each, L.Dense))


def quantize(gan):
    first_dense(gan).quantize("int8")


def set_activation(gan):
    first_dense(gan).activation = keras.activations.relu


def enable_lora(gan):
    first_dense(gan).enable_lora(2)
    first_dense(gan).lora_kernel_b.assign(np.ones((2, 8)))


@pytest.mark.parametrize(
    "change",
    [pytest.param(quantize, marks=pytest.mark.slow), set_activation, enable_lora],
)
def test_samples_are_those_of_the_changed_network(change):
    gan = make_gan()
    z = gan.latents([1, 2])
    before = gan.sample(seeds=[1, 2])
    change(gan)
    images = gan.sample(seeds=[1, 2])
    np.testing.assert_allclose(images, gan.generator(z), atol=1e-6)
    assert np.abs(images - before).max() > 1e-5


def test_a_training_after_lora_needs_a_new_compile_and_moves_the_samples():
    gan = make_gan(ema_decay=0.5)
    enable_lora(gan)
    with pytest.raises(ValueError, match="call `compile` again, with new optimizers"):
        gan.fit(IMAGES, verbose=0)
    gan.compile("sgd", "sgd", ema_decay=0.5, run_eagerly=True)
    before = gan.sample(seeds=[1, 2])
    gan.fit(IMAGES, batch_size=4, verbose=0)
    images = gan.sample(seeds=[1, 2])
    np.testing.assert_allclose(
        images, gan.ema_generator(gan.latents([1, 2])), atol=1e-6
    )
    assert np.abs(images - before).max() > 1e-6


def test_a_network_frozen_after_compile_is_told():
    gan = make_gan()
    first_dense(gan).trainable = False
    with pytest.raises(ValueError, match="The trainable variables of the generator"):
        gan.fit(IMAGES, verbose=0)


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_a_network_cannot_be_exchanged(name):
    gan, other = make_gan(), make_gan()
    with pytest.raises(ValueError, match=f"The {name} of a GAN cannot be exchanged"):
        setattr(gan, name, getattr(other, name))
    setattr(gan, name, getattr(gan, name))


def test_pretrained_weights_begin_the_moving_average():
    gan, pretrained = make_gan(ema_decay=0.999), make_gan()
    gan.generator.set_weights([w + 0.5 for w in pretrained.generator.get_weights()])
    z = gan.latents([1])
    np.testing.assert_allclose(gan.sample(seeds=[1]), gan.generator(z), atol=1e-6)
    np.testing.assert_allclose(gan.predict(z, verbose=0), gan.generator(z), atol=1e-6)
    start = gan.generator.get_weights()
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.0),
        discriminator_optimizer=keras.optimizers.SGD(0.1),
        ema_decay=0.999,
        run_eagerly=True,
    )
    gan.fit(IMAGES, verbose=0)
    for average, weight in zip(gan.ema_generator.get_weights(), start, strict=True):
        np.testing.assert_allclose(average, weight, rtol=1e-6)
    gan.generator.set_weights([weight + 1 for weight in start])
    gan.restart_average(only_untrained=True)
    np.testing.assert_allclose(gan.ema_generator.get_weights()[0], start[0], rtol=1e-6)
    gan.restart_average()
    np.testing.assert_array_equal(gan.ema_generator.get_weights()[0], start[0] + 1)


class Counted(keras.Model):
    """A discriminator of a user's own, which counts how often it is called."""

    def __init__(self):
        super().__init__()
        self.flat, self.dense = L.Flatten(), L.Dense(1)
        self.calls = 0

    def call(self, x, training=False):
        self.calls += 1
        return self.dense(self.flat(x))


def test_own_networks_are_looked_at_once_and_again_after_a_change():
    discriminator = Counted()
    discriminator(keras.Input((2, 2, 1)))
    generator = keras.Sequential([keras.Input((3,)), L.Dense(4), L.Reshape((2, 2, 1))])
    gan = keras_gan.GAN(generator, discriminator, seed=1)
    gan.compile("sgd", "sgd")
    gan.train_on_batch(IMAGES)
    before = discriminator.calls
    for _ in range(3):
        gan.train_on_batch(IMAGES)
    assert discriminator.calls == before
    discriminator.dense.activation = keras.activations.sigmoid
    with pytest.raises(ValueError, match="ends in sigmoid"):
        gan.train_on_batch(IMAGES)
