"""The noise and the dropout of two replicas, and smooth networks that have some."""

import keras
import tensorflow as tf
from harness.gans import dense_networks
from harness.replicas import on_each, split_the_cpu, two_replicas

import keras_gan
from keras_gan.layers import PackedDiscriminator
from keras_gan.training.steps.random_layers import keyed_seeds
from keras_gan.training.steps.streams import Streams


def smooth_networks(*, normalized=False, dropout=0.0, pack=1):
    """Returns networks of images of 4×3, or of packs of them."""
    options = {"latent_dim": 4, "units": [16]}
    generator, discriminator = dense_networks(
        (4, 3, 1), normalized=normalized, dropout=dropout, **options
    )
    if pack > 1:
        _, inner = dense_networks((4, 3, pack), **options)
        discriminator = PackedDiscriminator(inner, pack)
    return generator, discriminator


def masks_and_noise(*, merge=True):
    """Draws two dropout masks and the noise of two replicas, in one training step.

    With `merge` the replicas wait for each other between the two, as in an update.
    """
    keras.utils.set_random_seed(0)
    with two_replicas().scope():
        gan = keras_gan.GAN(*smooth_networks(dropout=0.5), seed=3)
        gan.compile("sgd", "sgd")

    def draw(_):
        streams = Streams(gan.seed, gan.step)
        with keyed_seeds([gan.discriminator], streams):
            layer = gan.discriminator.get_layer("mask")
            first = layer(tf.ones((3, 16)), training=True)
            if merge:
                tf.distribute.get_replica_context().all_reduce("SUM", first)
            second = layer(tf.ones((3, 16)), training=True)
        return first, second, streams.latents(0, 3, gan.prior, gan.latent_dim)

    results = two_replicas().run(tf.function(draw), args=(0,))
    return [on_each(result) for result in results]


def drawn_in_another_process():
    """Draws both ways, in a process that begins with it."""
    split_the_cpu()
    return masks_and_noise(), masks_and_noise(merge=False)
