"""Draws NUMBER images in one way on request: `sampler.py WAY NUMBER`."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pacer import Pacer
from workloads import WORKLOADS

WORK = WORKLOADS["dcgan"]


def ours(number):
    """Draws with `gan.sample`: latents from seeds, and images from latents."""
    import keras_loops

    gan = keras_loops.compiled_gan(WORK)
    return lambda: gan.sample(number, seed=0, batch_size=number)


def function(number):
    """Draws with a bare `tf.function` from given latents."""
    import keras_loops
    import tensorflow as tf

    gan = keras_loops.compiled_gan(WORK)
    latents = tf.constant(gan.latents(range(number)))
    draw = tf.function(lambda z: gan.generator(z, training=False))
    return lambda: draw(latents).numpy()


def predict(number):
    """Draws with `generator.predict` from given latents."""
    import keras_loops

    gan = keras_loops.compiled_gan(WORK)
    latents = gan.latents(range(number))
    return lambda: gan.generator.predict(latents, batch_size=number, verbose=0)


def torch_eager(number):
    """Draws with the same generator in PyTorch, latents included."""
    import torch
    import torch_loop

    torch.set_grad_enabled(False)
    generator, _ = torch_loop.BUILDERS[WORK.architecture](WORK.latent_dim)
    generator.eval()
    return lambda: generator(torch.randn(number, WORK.latent_dim)).numpy()


def main():
    way, number = sys.argv[1], int(sys.argv[2])
    pacer = Pacer()
    draw = globals()[way](number)
    pacer.begin()
    while True:
        draw()
        pacer.step()


if __name__ == "__main__":
    main()
