"""Losses, penalties and augmentations of one's own that training cannot call."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan

from keras_gan import losses

IMAGES = np.zeros((4, 2, 2, 1), np.float32)


class PerExample(losses.AdversarialLoss):
    """A loss that returns one number an example, as Keras's losses may."""

    def discriminator_loss(self, real_logits, fake_logits):
        return tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        return -tf.reduce_mean(fake_logits)


class ForTheGenerator(losses.NonSaturating):
    def generator_loss(self, real_logits, fake_logits):
        return -fake_logits


def vector(discriminator, real, fake):
    return discriminator(real) ** 2


class Lazy(losses.penalties.Penalty):
    every = 2

    def __call__(self, discriminator, real, fake):
        return discriminator(real) ** 2


def forgetful(discriminator, real, fake):
    discriminator(real)


RANKS = {
    r"`discriminator_loss` must return a scalar.*\(4,\).*`tf.reduce_mean": {
        "loss": PerExample()
    },
    "`generator_loss` must return a scalar": {"loss": ForTheGenerator()},
    r"`penalties\[0\]` \(vector\) must return a scalar.*\(4,\)": {
        "penalties": [vector]
    },
    r"`penalties\[1\]` \(Lazy\) must return a scalar": {
        "penalties": [losses.penalties.R1(1.0), Lazy()]
    },
    r"`penalties\[0\]` \(forgetful\) must return a scalar; it returned None": {
        "penalties": [forgetful]
    },
}


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("said", RANKS)
def test_a_term_with_axes_is_named_before_tensorflow_meets_it(said, eager):
    gan = dense_gan((2, 2, 1))
    gan.compile("sgd", "sgd", run_eagerly=eager, **RANKS[said])
    with pytest.raises(ValueError, match=said):
        gan.fit(IMAGES, batch_size=4, verbose=0)


class TwoLogits(losses.NonSaturating):
    def generator_loss(self, fake_logits):
        return -tf.reduce_mean(fake_logits)


class Uniform(losses.penalties.Penalty):
    needs_uniform = True

    def __call__(self, discriminator, real, fake):
        return tf.reduce_mean(real)


ARITIES = {
    r"`penalties\[0\]` \(<lambda>\) is called with 3 arguments, "
    r"\(discriminator, real, fake\); it takes \(real, fake\)": {
        "penalties": [lambda real, fake: 0.0]
    },
    r"\(Uniform\) is called with 4 arguments, .*real, fake, uniform=\)": {
        "penalties": [Uniform()]
    },
    r"`generator_loss` of TwoLogits is called with 2 arguments, "
    r"\(real_logits, fake_logits\); it takes \(fake_logits\)": {"loss": TwoLogits()},
    r"`augment` is called with 1 argument, \(images\); it takes \(images, seed\)": {
        "augment": lambda images, seed: images
    },
}


@pytest.mark.parametrize("said", ARITIES)
def test_a_part_that_takes_other_arguments_is_refused_by_compile(said):
    with pytest.raises(ValueError, match=said):
        dense_gan((2, 2, 1)).compile("sgd", "sgd", **ARITIES[said])


def test_functions_without_a_signature_and_methods_pass():
    gan = dense_gan((2, 2, 1))
    with pytest.warns(UserWarning, match="cannot be saved"):
        gan.compile("sgd", "sgd", augment=np.negative, penalties=[Lazy().__call__])
    gan.compile("sgd", "sgd", augment=keras.ops.negative)
    gan.fit(IMAGES, batch_size=4, verbose=0)
    assert int(gan.step) == 1
