"""Each network has an optimizer of its own, whose settings do what they say."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import linear_gan

import keras_gan
from keras_gan.training import MomentumSGD
from keras_gan.training.optimizers.gradients import apply_gradients

SGD = keras.optimizers.SGD
LossScale = keras.optimizers.LossScaleOptimizer
BATCHES = np.random.default_rng(0).normal(1, 1, (4, 6, 2)).astype(np.float32)


def values(network):
    return [v.numpy().astype(np.float64) for v in network.trainable_variables]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def discriminator_gradient(real, fake, b, c):
    d_real = -(1 - sigmoid(real @ b + c)) / len(real)
    d_fake = sigmoid(fake @ b + c) / len(real)
    return [real.T @ d_real + fake.T @ d_fake, d_real.sum(0) + d_fake.sum(0)]


def generator_gradient(z, a_matrix, a, b, c):
    d_images = -(1 - sigmoid((z @ a_matrix + a) @ b + c)) / len(z) @ b.T
    return [z.T @ d_images, d_images.sum(0)]


def accumulated_by_hand(gan, rate, decay):
    """Four steps whose gradients move the weights two by two, in float64."""
    generator, discriminator = values(gan.generator), values(gan.discriminator)
    sums = [[0.0, 0.0], [0.0, 0.0]]

    def noise(stream, step):
        key = tf.constant([gan.seed + stream * 2**32, step], tf.int64)
        return gan.prior.noise(6, 2, key).numpy().astype(np.float64)

    def update(weights, total, gradient, step):
        total[:] = [s + g for s, g in zip(total, gradient, strict=True)]
        if step % 2:
            weights[:] = [
                w - rate * decay * w - rate * s / 2
                for w, s in zip(weights, total, strict=True)
            ]
            total[:] = [0.0, 0.0]

    for step, real in enumerate(BATCHES.astype(np.float64)):
        fake = noise(0, step) @ generator[0] + generator[1]
        gradient = discriminator_gradient(real, fake, *discriminator)
        update(discriminator, sums[0], gradient, step)
        gradient = generator_gradient(noise(1, step), *generator, *discriminator)
        update(generator, sums[1], gradient, step)
    return generator + discriminator


@pytest.mark.parametrize("scaled", [False, True])
def test_accumulated_gradients_move_the_weights_by_their_mean(scaled):
    def optimizer():
        sgd = SGD(0.3, gradient_accumulation_steps=2, weight_decay=0.1)
        return LossScale(sgd) if scaled else sgd

    gan = linear_gan()
    expected = accumulated_by_hand(gan, 0.3, 0.1)
    gan.compile(optimizer(), optimizer(), "non_saturating")
    for batch in BATCHES:
        gan.train_on_batch(batch)
    found = values(gan.generator) + values(gan.discriminator)
    for weight, value in zip(found, expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=2e-6)


def test_the_discriminators_clock_runs_k_times_as_fast():
    gan = linear_gan()
    gan.compile(SGD(0.1), SGD(0.1), discriminator_steps=3, run_eagerly=True)
    for batch in BATCHES[:2]:
        gan.train_on_batch(batch)
    assert int(gan.discriminator_optimizer.iterations) == 6
    assert int(gan.generator_optimizer.iterations) == 2


def test_clipping_on_one_device_is_that_of_keras():
    weight = keras.Variable([3.0, 4.0])
    optimizer = SGD(1.0, clipnorm=1.0)
    optimizer.build([weight])
    apply_gradients(optimizer, [tf.constant([3.0, 4.0])], [weight])
    np.testing.assert_allclose(weight.numpy(), [2.4, 3.2], atol=1e-6)


def test_a_weight_that_the_loss_does_not_reach_is_named_and_left_alone():
    images = keras.Input((2,))
    used, unused = keras.layers.Dense(1), keras.layers.Dense(1, name="unused")
    unused(images)

    class Half(keras.Model):
        def __init__(self):
            super().__init__()
            self.used, self.unused = used, unused

        def call(self, x):
            return self.used(x)

    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    discriminator = Half()
    discriminator(images)
    gan = keras_gan.GAN(generator, discriminator, value_range=None, seed=3)
    gan.compile(SGD(0.1), SGD(0.1), run_eagerly=True)
    before = unused.kernel.numpy(), used.kernel.numpy()
    with pytest.warns(UserWarning, match=r"Gradients do not exist .*unused/kernel"):
        gan.train_on_batch(BATCHES[0])
    np.testing.assert_array_equal(unused.kernel.numpy(), before[0])
    assert np.abs(used.kernel.numpy() - before[1]).max() > 0


def test_an_optimizer_that_learnt_on_another_network_is_refused():
    gan, other = linear_gan(), linear_gan()
    mine, theirs = SGD(0.1, momentum=0.5), SGD(0.1, momentum=0.5)
    gan.compile(generator_optimizer=mine, discriminator_optimizer=SGD(0.1))
    other.compile(generator_optimizer=SGD(0.1), discriminator_optimizer=theirs)
    for used in (mine, LossScale(mine), theirs):
        with pytest.raises(ValueError, match="`generator_optimizer` was built for oth"):
            linear_gan().compile(
                generator_optimizer=used, discriminator_optimizer="sgd"
            )
    with pytest.raises(ValueError, match="`discriminator_optimizer` was built for oth"):
        gan.compile(generator_optimizer="sgd", discriminator_optimizer=mine)


def test_compiling_again_with_the_same_optimizers_keeps_what_they_know():
    gan = linear_gan()
    optimizers = SGD(0.1, momentum=0.5), keras.optimizers.Adam(0.1)
    named = dict(
        zip(("generator_optimizer", "discriminator_optimizer"), optimizers, strict=True)
    )
    gan.compile(**named, run_eagerly=True)
    gan.train_on_batch(BATCHES[0])
    before = [v.numpy() for optimizer in optimizers for v in optimizer.variables]
    gan.compile(**named, loss="minimax", run_eagerly=True)
    assert gan.generator_optimizer is optimizers[0]
    after = [v.numpy() for optimizer in optimizers for v in optimizer.variables]
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("wrap", [lambda sgd: sgd, LossScale])
def test_one_optimizer_in_two_wrappers_is_one(wrap):
    sgd = SGD(0.1)
    with pytest.raises(ValueError, match="are one object"):
        linear_gan().compile(generator_optimizer=sgd, discriminator_optimizer=wrap(sgd))


def schedules_of_2014(steps=125_000):
    """Rate 0.1 / 1.000004^t and momentum 0.5 → 0.7 over 250 epochs of 500 batches."""
    schedules = keras.optimizers.schedules
    rate = schedules.ExponentialDecay(0.1, steps, 1.000004**-steps)
    return rate, schedules.PolynomialDecay(0.5, steps, 0.7)


@pytest.mark.parametrize("wrap", [lambda sgd: sgd, LossScale])
@pytest.mark.parametrize("start", [0, 1000, 60_000, 124_999])
def test_the_schedule_of_2014_moves_weights_as_in_float64(wrap, start):
    weight, velocity, expected = keras.Variable([1.0]), 0.0, 1.0
    inner = MomentumSGD(*schedules_of_2014())
    optimizer = wrap(inner)
    optimizer.build([weight])
    inner.iterations.assign(start)
    for step in range(start, start + 3):
        momentum = 0.5 + 0.2 * min(step / 125_000, 1)
        velocity = momentum * velocity - 0.1 * 1.000004**-step * 0.7
        expected += velocity
        gradient = optimizer.scale_loss(tf.constant([0.7]))
        apply_gradients(optimizer, [gradient], [weight])
    np.testing.assert_allclose(weight.numpy(), [expected], rtol=1e-6)


def test_a_step_that_loss_scaling_leaves_out_does_not_advance_the_schedules():
    weight = keras.Variable([1.0])
    inner = MomentumSGD(*schedules_of_2014(steps=4))
    optimizer = LossScale(inner)
    optimizer.build([weight])
    for gradient in (1.0, np.inf, np.nan, 1.0):
        gradient = tf.constant([gradient]) * optimizer.dynamic_scale
        apply_gradients(optimizer, [gradient], [weight])
    assert int(inner.iterations) == 2
    velocity = 0.55 * -0.1 - 0.1 * 1.000004**-1
    np.testing.assert_allclose(weight.numpy(), [1 - 0.1 + velocity], rtol=1e-6)


def test_both_schedules_count_the_gradients_that_are_accumulated():
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.1, 0.01])
    momentum = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.5, 0.25])
    optimizer = MomentumSGD(rate, momentum, gradient_accumulation_steps=2)
    weight = keras.Variable([1.0])
    for _ in range(4):
        optimizer.apply([tf.constant([1.0])], [weight])
    # Updates after the gradients 1 and 3.
    first = -0.1
    second = 0.25 * first - 0.01
    np.testing.assert_allclose(weight.numpy(), [1 + first + second], rtol=1e-6)


@pytest.mark.filterwarnings("ignore:This GAN cannot be saved")
def test_a_training_that_goes_on_at_a_rate_of_zero_is_said_before_it_begins():
    decay = keras.optimizers.schedules.CosineDecay

    def fit(steps, epochs):
        gan = linear_gan()
        gan.compile(
            generator_optimizer=SGD(decay(0.1, steps)),
            discriminator_optimizer=SGD(decay(0.1, 2 * steps)),
            discriminator_steps=2,
        )
        gan.fit(np.concatenate(BATCHES), batch_size=6, epochs=epochs, verbose=0)

    class Own(keras.optimizers.schedules.LearningRateSchedule):
        """A schedule that Keras cannot make from its config, and that rises again."""

        def __call__(self, step):
            return tf.cast(tf.math.floormod(step, 4), tf.float32) / 4

    gan = linear_gan()
    gan.compile(generator_optimizer=SGD(Own()), discriminator_optimizer=SGD(0.1))
    gan.fit(np.concatenate(BATCHES), batch_size=6, epochs=5, verbose=0)
    fit(8, epochs=2)
    with pytest.warns(UserWarning, match="is zero from update") as said:
        fit(8, epochs=5)
    generator, discriminator = (
        str(s.message) for s in said if "zero" in str(s.message)
    )
    assert "`generator_optimizer` is zero from update 8 on" in generator
    assert (
        "ends at 20: the rest would change nothing. Give its schedule 20" in generator
    )
    assert "`discriminator_optimizer` is zero from update 16 on" in discriminator
