"""An interrupted `fit` leaves its last whole step, from which it goes on to the bit."""

import os
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import callbacks

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 2, 2, 1)).astype(np.float32)
EPOCHS, STEPS = 2, 4


class InterruptedGAN(keras_gan.GAN):
    """Calls `interrupt` in the midst of one step."""

    interrupt, at = None, None

    def train_step(self, data):
        if int(self.step) == self.at:
            self.interrupt()
        return super().train_step(data)


def make_gan():
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, "tanh"),
            keras.layers.Reshape((2, 2, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    gan = InterruptedGAN(generator, discriminator, seed=1)
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5), run_eagerly=True)
    return gan


def fit(gan, folder, *listening, x=IMAGES):
    """Trains with a log before and behind what else listens."""
    gan.fit(
        x,
        batch_size=2 if x is IMAGES else None,
        epochs=EPOCHS,
        verbose=0,
        callbacks=[
            callbacks.JSONLog(folder / "first.jsonl", every=1),
            *listening,
            callbacks.JSONLog(folder / "second.jsonl", every=3),
            callbacks.Checkpoint(folder / "checkpoints", every_seconds=1000.0),
        ],
    )


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The weights and the logs of a training that went through."""
    folder, gan = tmp_path_factory.mktemp("unbroken"), make_gan()
    fit(gan, folder)
    return gan.get_weights(), logs(folder)


def logs(folder):
    return [(folder / f"{name}.jsonl").read_bytes() for name in ("first", "second")]


def saved_step(folder):
    return int(max(p.name for p in (folder / "checkpoints").iterdir())[5:14])


def assert_goes_on(folder, unbroken, **options):
    gan = make_gan()
    fit(gan, folder, **options)
    for weight, expected in zip(gan.get_weights(), unbroken[0], strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert logs(folder) == unbroken[1]


class RaiseAt(keras.callbacks.Callback):
    """Raises an error the first time that a hook is called after so many steps."""

    def __init__(self, hook, step, error):
        super().__init__()
        setattr(self, hook, self._raise)
        self.at, self.error = step, error

    def _raise(self, *_, **__):
        if int(self.model.step) == self.at:
            raise self.error


@pytest.mark.parametrize(
    ("hook", "step", "error"),
    [
        ("on_train_batch_begin", 3, KeyboardInterrupt),
        ("on_train_batch_end", 3, SystemExit),
        ("on_train_batch_end", STEPS, KeyboardInterrupt),
        ("on_epoch_end", STEPS, SystemExit),
        ("on_epoch_begin", STEPS, KeyboardInterrupt),
        ("on_epoch_end", 2 * STEPS, KeyboardInterrupt),
    ],
)
def test_a_callback_that_interrupts_leaves_the_step_it_came_after(
    tmp_path, unbroken, hook, step, error
):
    with pytest.raises(error):
        fit(make_gan(), tmp_path, RaiseAt(hook, step, error()))
    assert saved_step(tmp_path) == step
    assert_goes_on(tmp_path, unbroken)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_lets_the_step_end_and_leaves_with_its_code(tmp_path, unbroken, name):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    gan = make_gan()
    gan.at, gan.interrupt = 2, lambda: os.kill(os.getpid(), number)
    with pytest.raises((KeyboardInterrupt, SystemExit)) as caught:
        fit(gan, tmp_path)
    if name == "SIGINT":
        assert caught.type is KeyboardInterrupt
    else:
        assert caught.value.code == 128 + number
    assert signal.getsignal(number) == before
    assert saved_step(tmp_path) == 3
    assert_goes_on(tmp_path, unbroken)


def test_the_second_signal_does_not_wait_and_half_a_step_is_not_saved(tmp_path):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    gan = make_gan()
    gan.at, gan.interrupt = 2, twice
    with pytest.raises(KeyboardInterrupt):
        fit(gan, tmp_path)
    assert saved_step(tmp_path) == 0


def test_a_handler_of_the_programs_own_stays(tmp_path):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        gan = make_gan()
        gan.at, gan.interrupt = 2, lambda: os.kill(os.getpid(), signal.SIGTERM)
        fit(gan, tmp_path)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]
    assert saved_step(tmp_path) == EPOCHS * STEPS


def test_data_of_unknown_length_go_on_after_the_end_of_an_epoch(tmp_path):
    batches = tf.data.Dataset.from_tensor_slices(IMAGES).batch(2)
    batches = batches.filter(lambda _: True)  # of unknown length
    folder = tmp_path / "whole"
    whole = make_gan()
    fit(whole, folder, x=batches)
    expected = whole.get_weights(), logs(folder)
    interrupting = RaiseAt("on_epoch_end", STEPS, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        fit(make_gan(), tmp_path, interrupting, x=batches)
    assert saved_step(tmp_path) == STEPS
    assert_goes_on(tmp_path, expected, x=batches)


def test_other_errors_save_nothing(tmp_path):
    with pytest.raises(MemoryError):
        fit(make_gan(), tmp_path, RaiseAt("on_train_batch_end", 3, MemoryError()))
    assert saved_step(tmp_path) == 0
