"""Generators with every trait that an export may lose, and GANs of them."""

import keras
import numpy as np
from harness.gans import dense_networks
from keras import layers

from keras_gan import GAN


def make_gan(generator, **arguments):
    image_shape, classes = generator.output_shape[1:], arguments.get("num_classes")
    _, discriminator = dense_networks(image_shape, num_classes=classes)
    return GAN(generator, discriminator, **arguments)


def randomize(network, seed):
    """Gives every weight a value that no initializer gives, BatchNorm's included."""
    random = np.random.default_rng(seed)
    for weight in network.weights:
        if weight.path.endswith(("gamma", "moving_variance")):
            weight.assign(random.uniform(0.5, 2.0, weight.shape))
        else:
            weight.assign(random.normal(0.0, 0.3, weight.shape))


def plain_generator():
    """Transposed convolution, nearest upsampling, BatchNormalization; tanh."""
    z = x = keras.Input((8,), name="anything")
    x = layers.Dense(3 * 2 * 6)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((3, 2, 6))(x)
    x = layers.Conv2DTranspose(4, 4, 2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(x))
    x = layers.Conv2D(3, 3, padding="same")(layers.UpSampling2D()(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.Model(z, layers.Conv2D(1, 3, padding="same", activation="tanh")(x))


def conditional_generator():
    """Labels through an embedding; colour; sigmoid."""
    z, label = keras.Input((5,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([z, layers.Embedding(10, 4)(label)])
    x = layers.Reshape((4, 4, 4))(layers.Dense(64)(x))
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(3, 4, 2, padding="same", activation="sigmoid")(x)
    return keras.Model([z, label], x)


def dense_generator(image_shape=(4, 3, 1), activation="tanh", latent_dim=3):
    size = int(np.prod(image_shape))
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(size, activation, bias_initializer="normal"),
            layers.Reshape(image_shape),
        ]
    )


def normalized_generator():
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(12),
            layers.BatchNormalization(),
            layers.Reshape((4, 3, 1)),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )


def cancelling_generator():
    """Adds and subtracts a large term, so that the last digits become pixels.

    Batched matrix products round by batch size: computed in batches, a dozen of 64
    images differ from those computed alone.
    """
    z = keras.Input((64,))
    x = layers.Dense(256, "relu")(z)
    output = layers.Dense(64 * 64, "tanh")
    image = layers.Reshape((64, 64, 1))(output(layers.Concatenate()([x, x])))
    random = np.random.default_rng(0)
    wanted, large = random.normal(0.0, [[[0.1]], [[0.2]]], (2, 256, 64 * 64))
    output.kernel.assign(np.concatenate([wanted + large, -large]))
    return keras.Model(z, image)


def build_points_gan():
    """The GAN that is exported soonest: no pictures, so no `generate` signature."""
    generator = dense_generator((2,), activation=None)
    return make_gan(generator, prior="sphere", value_range=None)
