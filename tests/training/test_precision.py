"""Mixed precision: weights and losses in float32, and gradients that survive."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import convolutional_gan, dense_gan

import keras_gan
from keras_gan.losses import penalties
from keras_gan.training.networks import warn_of_slow_float16

SGD = keras.optimizers.SGD
LossScale = keras.optimizers.LossScaleOptimizer
IMAGES = np.random.default_rng(0).uniform(-1, 1, (64, 6)).astype(np.float32)
SLOW = "computes in float16 on a CPU, which is slow"
pytestmark = pytest.mark.filterwarnings(f"ignore:.*{SLOW}:UserWarning")


def make_gan(generator_policy, discriminator_policy=None):
    """Dense networks of the two policies."""
    policies = generator_policy, discriminator_policy or generator_policy
    return dense_gan((6,), units=[8], activation="leaky_relu", dtype=policies, seed=3)


def network_weights(gan):
    return gan.generator.get_weights() + gan.discriminator.get_weights()


def are_scaled(gan):
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    return [isinstance(optimizer, LossScale) for optimizer in optimizers]


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_policies_train_with_every_penalty(policy):
    gan = make_gan(policy)
    terms = [penalties.R1(0.1), penalties.R2(0.1), penalties.GradientPenalty(0.1)]
    gan.compile(
        keras.optimizers.Adam(1e-2),
        keras.optimizers.Adam(1e-2),
        penalties=terms,
        ema_decay=0.9,
        run_eagerly=True,
    )
    before = gan.get_weights()
    logs = gan.fit(IMAGES, batch_size=16, epochs=2, verbose=0).history
    assert {v.dtype for v in gan.trainable_variables} == {"float32"}
    assert are_scaled(gan) == [policy == "mixed_float16"] * 2
    assert all(np.isfinite(values).all() for values in logs.values())
    weights = gan.get_weights()
    assert all(np.isfinite(weight).all() for weight in weights)
    pairs = zip(before, weights, strict=True)
    assert all(
        np.abs(old - new).max() > 0 for old, new in pairs if old.dtype.kind == "f"
    )
    assert gan.sample(4, seed=1).dtype == np.float32


def test_convolutions_train_in_the_policy_that_is_set(images):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = convolutional_gan()
    finally:
        keras.config.set_dtype_policy("float32")
    warn_of_slow_float16.cache_clear()
    with pytest.warns(UserWarning, match="computes in float16 on a CPU") as warned:
        gan.compile("adam", "adam")
    assert [each.filename for each in warned] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gan.compile("adam", "adam")
    gan.fit(images, batch_size=16, verbose=0)
    assert are_scaled(gan) == [True, True]
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


@pytest.mark.parametrize(
    ("generator", "discriminator", "scaled"),
    [
        ("mixed_float16", "float32", [True, False]),
        # The generator's gradients come through the discriminator.
        ("float32", "mixed_float16", [True, True]),
        ("mixed_bfloat16", "float32", [False, False]),
    ],
)
def test_losses_are_scaled_where_their_gradients_pass_float16(
    generator, discriminator, scaled
):
    gan = make_gan(generator, discriminator)
    gan.compile("sgd", "sgd", run_eagerly=True)
    assert are_scaled(gan) == scaled
    gan.fit(IMAGES, verbose=0)
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


def test_float16_is_found_in_layers_inside_layers():
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__(dtype="float32")
            self.inner = keras.layers.Dense(6, dtype="mixed_float16")

        def call(self, x):
            return self.inner(x)

    gan = make_gan("float32")
    gan.compile("sgd", "sgd", augment=Block())
    assert are_scaled(gan) == [True, True]


def test_an_optimizer_is_wrapped_once():
    gan = make_gan("mixed_float16")
    mine = LossScale(SGD(0.1), initial_scale=4.0)
    gan.compile(generator_optimizer=mine, discriminator_optimizer="sgd")
    assert gan.generator_optimizer is mine
    theirs = gan.discriminator_optimizer
    gan.compile(
        generator_optimizer=gan.generator_optimizer, discriminator_optimizer=theirs
    )
    assert gan.generator_optimizer is mine
    assert gan.discriminator_optimizer is theirs


def test_a_fixed_loss_scale_is_refused_in_float16_only():
    gan = make_gan("mixed_float16")
    with pytest.raises(
        ValueError, match="`loss_scale_factor` of `generator_optimizer`"
    ):
        gan.compile(
            generator_optimizer=SGD(0.1, loss_scale_factor=8.0),
            discriminator_optimizer="sgd",
        )
    gan = make_gan("mixed_bfloat16")
    gan.compile(
        generator_optimizer=SGD(0.1, loss_scale_factor=8.0),
        discriminator_optimizer="sgd",
    )
    assert are_scaled(gan) == [False, False]


class Times(keras_gan.losses.NonSaturating):
    """A loss times a factor that may be changed."""

    def __init__(self, factor):
        self.factor = tf.Variable(factor)

    def discriminator_loss(self, real_logits, fake_logits):
        return self.factor * super().discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        return self.factor * super().generator_loss(real_logits, fake_logits)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_gradients_too_small_for_float16_still_train():
    """Where unscaled gradients are zero, the moves are float32's to a percent."""
    rate, factor = 1e5, 1e-6
    moves = {}
    for policy in ("float32", "mixed_float16"):
        keras.utils.set_random_seed(0)
        gan = make_gan(policy)
        gan.compile(SGD(rate), SGD(rate), Times(factor), run_eagerly=True)
        before = [v.numpy() for v in gan.discriminator.trainable_variables]
        gan.train_on_batch(IMAGES)
        after = [v.numpy() for v in gan.discriminator.trainable_variables]
        moves[policy] = [new - old for new, old in zip(after, before, strict=True)]
    for single, half in zip(*moves.values(), strict=True):
        largest = np.abs(single).max()
        assert largest > 1e-4
        np.testing.assert_allclose(half, single, atol=0.02 * largest)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_an_overflow_leaves_the_step_out_and_halves_the_scale():
    gan = make_gan("mixed_float16")
    loss = Times(1.0)
    gan.compile(SGD(0.1), SGD(0.1), loss, discriminator_steps=2)
    gan.fit(IMAGES, batch_size=64, verbose=0)
    before = network_weights(gan)
    loss.factor.assign(np.inf)
    gan.fit(IMAGES, batch_size=64, verbose=0)
    for old, new in zip(before, network_weights(gan), strict=True):
        np.testing.assert_array_equal(old, new)
    assert float(gan.discriminator_optimizer.dynamic_scale) == 2.0**13
    assert float(gan.generator_optimizer.dynamic_scale) == 2.0**14
    assert int(gan.discriminator_optimizer.iterations) == 2
    assert int(gan.generator_optimizer.iterations) == 1
    loss.factor.assign(1.0)
    gan.fit(IMAGES, batch_size=64, verbose=0)
    assert int(gan.discriminator_optimizer.iterations) == 4
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


def test_a_saved_gan_brings_its_scales_and_counters_back(tmp_path):
    gan = make_gan("mixed_float16", "float32")
    gan.compile(
        generator_optimizer=LossScale(SGD(0.1, 0.5), dynamic_growth_steps=3),
        discriminator_optimizer=SGD(0.1, clipnorm=1.0),
    )
    gan.fit(IMAGES, batch_size=16, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert are_scaled(loaded) == [True, False]
    assert isinstance(loaded.generator_optimizer.inner_optimizer, SGD)
    assert float(loaded.generator_optimizer.dynamic_scale) == 2.0**16
    assert int(loaded.generator_optimizer.step_counter) == 1
    assert int(loaded.generator_optimizer.iterations) == 4
    for one in (gan, loaded):
        one.fit(IMAGES, batch_size=16, shuffle=False, verbose=0)
    for weight, other in zip(gan.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_penalties_and_augmentation_see_float32_images():
    seen = []

    def note(*images):
        seen.extend(image.dtype for image in images)
        return images[0]

    gan = make_gan("mixed_bfloat16")
    gan.compile(
        "sgd",
        "sgd",
        penalties=[lambda d, real, fake: 0.0 * tf.reduce_mean(note(real, fake))],
        augment=note,
        run_eagerly=True,
    )
    gan.fit(IMAGES, verbose=0)
    gan.evaluate(IMAGES, verbose=0)
    assert set(seen) == {tf.float32}


def test_losses_of_half_precision_layers_are_added_in_float32():
    images = keras.Input((6,))
    hidden = keras.layers.Dense(
        8, activity_regularizer="l2", kernel_regularizer="l2", dtype="mixed_bfloat16"
    )(images)
    logits = keras.layers.Dense(1, dtype="mixed_bfloat16")(hidden)
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])
    gan = keras_gan.GAN(generator, keras.Model(images, logits), seed=3)
    gan.compile("sgd", "sgd", run_eagerly=True)
    gan.fit(IMAGES, verbose=0)
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())
