"""Small smooth networks for objectives that no architecture is built for."""

import keras

from keras_gan.layers import PackedDiscriminator

PACK, CLASSES = 2, 3


def _images(x):
    x = keras.layers.Dense(16, "silu")(x)
    return keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64, "tanh")(x))


def _features(images):
    return keras.layers.Dense(8, "silu")(keras.layers.Flatten()(images))


def packed_networks():
    """A generator, and a discriminator of pairs."""
    latents = keras.Input((4,))
    pairs = keras.Input((8, 8, PACK))
    inner = keras.Model(pairs, keras.layers.Dense(1)(_features(pairs)))
    generator = keras.Model(latents, _images(latents))
    return generator, PackedDiscriminator(inner, PACK)


def classifier_networks():
    """A generator that takes labels, and a discriminator that names them."""
    latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    embedded = keras.layers.Embedding(CLASSES, 4)(labels)
    joined = keras.layers.Concatenate()([latents, embedded])
    images = keras.Input((8, 8, 1))
    features = _features(images)
    outputs = [keras.layers.Dense(1)(features), keras.layers.Dense(CLASSES)(features)]
    generator = keras.Model([latents, labels], _images(joined))
    return generator, keras.Model(images, outputs)
