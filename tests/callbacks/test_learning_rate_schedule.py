"""The learning rates of both optimizers under a schedule."""

import keras
import numpy as np
import pytest

from keras_gan import callbacks

sgd = keras.optimizers.SGD


@pytest.fixture
def make_gan(make_tiny_gan):
    """Makes a GAN whose rates are 0.5 and 0.25."""

    def make(**options):
        return make_tiny_gan(sgd(0.5), sgd(0.25), **options)

    return make


class Rates(keras.callbacks.Callback):
    """Notes both rates before each step."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        optimizers = (
            self.model.generator_optimizer,
            self.model.discriminator_optimizer,
        )
        self.seen.append(tuple(float(o.learning_rate) for o in optimizers))


def test_functions_of_the_epoch_set_the_rates_and_join_the_logs(make_gan, tiny_images):
    schedule = callbacks.LearningRateSchedule(
        generator=lambda epoch, rate: rate / 2, discriminator=lambda epoch: 2.0**-epoch
    )
    rates = Rates()
    history = make_gan().fit(
        tiny_images, batch_size=4, epochs=3, callbacks=[schedule, rates], verbose=0
    )
    expected = [(0.25, 1.0), (0.125, 0.5), (0.0625, 0.25)]
    assert rates.seen == [rate for rate in expected for _ in range(2)]
    assert history.history["generator_learning_rate"] == [g for g, _ in expected]
    assert history.history["discriminator_learning_rate"] == [d for _, d in expected]


def test_the_rate_that_is_set_is_the_one_that_moves_the_weights(make_gan, tiny_images):
    gan = make_gan()
    before = [variable.numpy() for variable in gan.generator.trainable_variables]
    schedule = callbacks.LearningRateSchedule(generator=lambda epoch: 1e-30)
    gan.fit(tiny_images, batch_size=4, callbacks=[schedule], verbose=0)
    for variable, value in zip(gan.generator.trainable_variables, before, strict=True):
        np.testing.assert_allclose(variable.numpy(), value, rtol=0, atol=1e-20)
    assert float(gan.discriminator_optimizer.learning_rate) == 0.25


def test_a_default_argument_is_not_taken_for_the_rate(make_gan, tiny_images):
    gan = make_gan()
    schedule = callbacks.LearningRateSchedule(lambda epoch, base=0.125: base)
    gan.fit(tiny_images, batch_size=8, callbacks=[schedule], verbose=0)
    assert float(gan.generator_optimizer.learning_rate) == 0.125


def test_keras_schedules_count_training_steps_whatever_k_is(make_gan, tiny_images):
    halving = keras.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True)
    schedule = callbacks.LearningRateSchedule(discriminator=halving)
    gan, rates = make_gan(discriminator_steps=2), Rates()
    for _ in range(2):
        gan.fit(
            tiny_images, batch_size=2, epochs=1, callbacks=[schedule, rates], verbose=0
        )
        first = int(gan.step) - 4
        assert [d for _, d in rates.seen] == [
            0.5 * 0.5 ** ((first + i) // 2) for i in range(4)
        ]
    assert {g for g, _ in rates.seen} == {0.5}


def test_an_optimizer_with_loss_scaling_has_its_inner_rate_set(
    make_tiny_gan, tiny_images
):
    scaled = keras.optimizers.LossScaleOptimizer(sgd(0.5))
    gan = make_tiny_gan(scaled)
    schedule = callbacks.LearningRateSchedule(lambda epoch, rate: rate / 4)
    gan.fit(tiny_images, batch_size=8, callbacks=[schedule], verbose=0)
    assert float(scaled.inner_optimizer.learning_rate) == 0.125


class KillAt(keras.callbacks.Callback):
    """Breaks a training off before a step."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step) == self.step:
            raise MemoryError


@pytest.mark.parametrize("killed_at", [2, 3])
def test_a_resumed_training_has_the_rates_of_an_uninterrupted_one(
    make_gan, tiny_images, tmp_path, killed_at
):
    halving = keras.optimizers.schedules.ExponentialDecay(1.0, 1, 0.5)

    def fit(epochs, *more):
        schedule = callbacks.LearningRateSchedule(lambda epoch, rate: rate / 2, halving)
        checkpoint = callbacks.Checkpoint(tmp_path, every_steps=1)
        rates = Rates()
        make_gan().fit(
            tiny_images,
            batch_size=4,
            epochs=epochs,
            callbacks=[schedule, rates, checkpoint, *more],
            verbose=0,
        )
        return rates.seen

    def expected(steps):  # two an epoch
        return [(0.5 ** (2 + step // 2), 0.5**step) for step in steps]

    with pytest.raises(MemoryError):
        fit(3, KillAt(killed_at))
    assert fit(3) == expected(range(killed_at, 6))
    # The training that came to its end is made longer.
    assert fit(4) == expected([6, 7])


@pytest.mark.parametrize("optimizer", ["generator", "discriminator"])
def test_an_optimizer_with_a_schedule_of_its_own_is_refused(
    make_tiny_gan, tiny_images, optimizer
):
    own = sgd(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))
    gan = make_tiny_gan(**{f"{optimizer}_optimizer": own})
    schedule = callbacks.LearningRateSchedule(**{optimizer: lambda epoch: 0.1})
    with pytest.raises(ValueError, match=f"`{optimizer}_optimizer` follows a learning"):
        gan.fit(tiny_images, callbacks=[schedule], verbose=0)


def test_a_schedule_of_the_step_needs_each_step_to_be_seen(make_gan, tiny_images):
    gan = make_gan(steps_per_execution=2)
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    with pytest.raises(ValueError, match="give it to the optimizer itself"):
        gan.fit(
            tiny_images, callbacks=[callbacks.LearningRateSchedule(decay)], verbose=0
        )


@pytest.mark.parametrize("rate", [0.0, -0.1, np.nan, np.inf, None, "fast"])
def test_what_is_no_rate_is_refused_by_the_name_of_the_network(
    make_gan, tiny_images, rate
):
    schedule = callbacks.LearningRateSchedule(discriminator=lambda epoch: rate)
    with pytest.raises(ValueError, match="`discriminator` must return a learning rate"):
        make_gan().fit(tiny_images, callbacks=[schedule], verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "Give `generator`, `discriminator` or both"),
        ({"generator": 0.1}, "`generator` must be a function of the epoch"),
        ({"discriminator": lambda a, b, c: 0.1}, "it wants 3 arguments"),
    ],
)
def test_what_is_no_schedule_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.LearningRateSchedule(**arguments)


def test_nothing_but_a_gan_is_taken():
    schedule = callbacks.LearningRateSchedule(lambda epoch: 0.1)
    with pytest.raises(ValueError, match=r"works on a keras_gan\.GAN"):
        schedule.set_model(keras.Sequential())
