"""`steps_per_execution="auto"`: how it grows, for whom it waits, what it leaves."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import convolutional_gan

import keras_gan
from keras_gan import callbacks, training
from keras_gan.training.fitting import pace

IMAGES = np.random.default_rng(0).uniform(-1, 1, (88, 8, 8, 1)).astype(np.float32)


@pytest.fixture
def clock(monkeypatch):
    """A clock by which a call takes `seconds`, whatever it does."""
    fake = types.SimpleNamespace(now=0.0, seconds=0.001)

    def perf_counter():
        fake.now += fake.seconds
        return fake.now

    monkeypatch.setattr(pace, "time", types.SimpleNamespace(perf_counter=perf_counter))
    return fake


def spied_on(gan, name="train_function"):
    """Returns the list to which each call adds how many steps it did."""
    getattr(gan, f"make_{name}")()
    function, calls = getattr(gan, name), []

    def spy(iterator, most):
        done, logs = function(iterator, most)
        calls.append(done)
        return done, logs

    setattr(gan, name, spy)
    return calls


@pytest.fixture
def make_gan():
    """Makes a compiled GAN whose steps are quick."""

    def make(**options):
        keras.utils.set_random_seed(0)
        networks = keras_gan.architectures.build(
            "mlp",
            image_shape=(8, 8, 1),
            latent_dim=2,
            generator_units=[4],
            discriminator_units=[4],
        )
        gan = keras_gan.GAN(*networks, seed=1)
        options = {"jit_compile": False} | options
        gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), **options)
        return gan

    return make


def steps_of_calls(gan, *listening, images=IMAGES, epochs=1, **options):
    """Trains on 22 batches an epoch; returns how many steps each call did."""
    calls = spied_on(gan)
    gan.fit(
        images,
        batch_size=4,
        epochs=epochs,
        verbose=0,
        callbacks=list(listening),
        **options,
    )
    return calls


def test_the_steps_of_a_call_double_while_calls_are_short(make_gan, clock):
    calls = steps_of_calls(make_gan(), epochs=3)
    assert calls == [1, 2, 4, 8, 7, 22, 22]


def test_a_call_takes_about_a_seventh_of_a_second(make_gan, clock):
    gan = make_gan()
    calls = spied_on(gan)
    function = gan.train_function

    def slow(iterator, most):
        done, logs = function(iterator, most)
        clock.now += 0.03 * done
        return done, logs

    gan.train_function = slow
    gan.fit(IMAGES, batch_size=4, epochs=1, verbose=0)
    assert calls == [1, 2, 4, 4, 4, 4, 3]


def test_a_call_that_is_slow_begins_again_with_one_step(make_gan, clock):
    clock.seconds = 10.0
    assert steps_of_calls(make_gan()) == [1] * 22


def test_an_integer_stays_what_it_is(make_gan, clock):
    calls = steps_of_calls(make_gan(steps_per_execution=5))
    assert calls == [5, 5, 5, 5, 2]


class BatchEnd(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


class BatchBegin(keras.callbacks.Callback):
    def on_batch_begin(self, batch, logs=None):
        pass


class Between(training.FitHooks, keras.callbacks.Callback):
    def between_steps(self, gan, steps):
        pass


class LogAtEachStep(callbacks.JSONLog):
    def on_train_batch_begin(self, batch, logs=None):
        super().on_train_batch_begin(batch, logs)


class Bar(keras.callbacks.ProgbarLogger):
    def on_train_batch_end(self, batch, logs=None):
        pass


DECAY = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
HELD = {
    "batch end": lambda path: BatchEnd(),
    "batch begin by its old name": lambda path: BatchBegin(),
    "between steps": lambda path: Between(),
    "lambda": lambda path: keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: None
    ),
    "an override that does not tell": lambda path: LogAtEachStep(path / "log.jsonl"),
    "a progress bar of one's own": lambda path: Bar(),
    "a schedule of the step": lambda path: callbacks.LearningRateSchedule(DECAY),
    "a Keras checkpoint every so many batches": lambda path: (
        keras.callbacks.ModelCheckpoint(path / "m.keras", save_freq=10**6)
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_who_must_hear_of_each_step_does(make_gan, clock, tmp_path, case):
    assert steps_of_calls(make_gan(), HELD[case](tmp_path)) == [1] * 22


FREE = {
    "epochs": lambda path: keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: None
    ),
    "log of epochs": lambda path: callbacks.JSONLog(path / "log.jsonl"),
    "rates of epochs": lambda path: callbacks.LearningRateSchedule(lambda epoch: 0.1),
    "bar": lambda path: callbacks.ProgressBar(),
    "seconds": lambda path: callbacks.Checkpoint(path, every_seconds=1000.0),
    "nan": lambda path: callbacks.StopOnNaN(every=100),
    "a Keras checkpoint after each epoch": lambda path: keras.callbacks.ModelCheckpoint(
        path / "{epoch}.keras", save_best_only=False
    ),
}


@pytest.mark.parametrize("case", FREE)
def test_who_need_not_hear_of_each_step_holds_nothing_up(
    make_gan, clock, tmp_path, case
):
    assert steps_of_calls(make_gan(), FREE[case](tmp_path)) == [1, 2, 4, 8, 7]


def test_calls_end_where_a_callback_is_due(make_gan, clock, tmp_path):
    log = callbacks.JSONLog(tmp_path / "log.jsonl", every=5)
    checkpoint = callbacks.Checkpoint(tmp_path / "checkpoints", every_steps=8)
    assert steps_of_calls(make_gan(), log, checkpoint) == [1, 2, 2, 3, 2, 5, 1, 4, 2]
    records = (tmp_path / "log.jsonl").read_text()
    one = callbacks.JSONLog(tmp_path / "one.jsonl", every=5)
    steps_of_calls(make_gan(steps_per_execution=1), one)
    assert records == (tmp_path / "one.jsonl").read_text()
    saved = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert [name for name in saved if "16" in name]


def test_run_eagerly_stays_at_one_step(make_gan, clock):
    gan = make_gan(run_eagerly=True)
    assert steps_of_calls(gan, images=IMAGES[:16]) == [1] * 4


def test_several_workers_stay_at_one_step(make_gan, clock, monkeypatch):
    monkeypatch.setattr(pace, "worker_count", lambda strategy: 2)
    assert steps_of_calls(make_gan()) == [1] * 22


def test_batches_have_the_numbers_that_keras_gives_them(make_gan, clock):
    begins, ends = [], []

    class Patient(training.FitHooks, keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            begins.append(batch)

        def on_train_batch_end(self, batch, logs=None):
            ends.append(batch)

        def steps_until_due(self, gan, batch):
            return None

    steps_of_calls(make_gan(), Patient())
    assert (begins, ends) == ([0, 1, 3, 7, 15], [0, 2, 6, 14, 21])


def test_evaluate_chooses_too_and_waits_for_who_listens(make_gan, clock):
    gan = make_gan()
    calls = spied_on(gan, "test_function")
    logs = gan.evaluate(IMAGES, batch_size=4, verbose=0)
    # The last call finds the end of the data.
    assert [done for done in calls if done] == [1, 2, 4, 8, 7]
    calls.clear()
    listening = keras.callbacks.LambdaCallback()
    listening.on_test_batch_end = lambda batch, logs: None
    assert logs == gan.evaluate(IMAGES, batch_size=4, verbose=0, callbacks=[listening])
    assert [done for done in calls if done] == [1] * 22


@pytest.mark.slow
def test_it_is_one_step_to_the_bit_wherever_epochs_and_passes_end():
    """Epochs of 17 steps, passes of 11, and data that does not tell its length."""
    known = np.random.default_rng(0).uniform(-1, 1, (44, 8, 8, 1)).astype(np.float32)
    states = []
    for steps in (1, 8, "auto"):
        keras.utils.set_random_seed(0)
        gan = convolutional_gan()
        gan.compile(
            keras.optimizers.Adam(0.01),
            keras.optimizers.Adam(0.01),
            discriminator_steps=2,
            ema_decay=0.9,
            jit_compile=False,
            steps_per_execution=steps,
        )
        calls = spied_on(gan)
        gan.fit(known, batch_size=4, epochs=3, steps_per_epoch=17, verbose=0)
        unknown = tf.data.Dataset.from_tensor_slices(known)
        unknown = unknown.batch(4, drop_remainder=True).filter(lambda batch: True)
        history = gan.fit(unknown, epochs=2, verbose=0).history
        logs = gan.evaluate(known, batch_size=4, verbose=0)
        states.append(training.read_state(gan) | history | {"logs": logs})
        assert max(calls) > 1 if steps == "auto" else max(calls) == steps
    single, *several = states
    assert int(single["step"]) == 3 * 17 + 2 * 11
    for found in several:
        for name, value in single.items():
            np.testing.assert_array_equal(found[name], value, err_msg=name)


def test_a_callback_can_stop_it(make_gan, clock, tmp_path):
    gan = make_gan()
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(gan, "stop_training", True)
    )
    steps_of_calls(gan, stop, epochs=5)
    assert int(gan.step) == 22


def test_the_default_is_saved_and_integers_of_older_files_are_kept(make_gan):
    gan = make_gan()
    config = gan.get_compile_config()
    assert config["steps_per_execution"] == "auto"
    assert gan.steps_per_execution == 1
    gan.compile_from_config(config | {"steps_per_execution": 3})
    assert (gan.steps_per_execution, gan.chooses_steps) == (3, False)
    gan.compile_from_config(config)
    assert gan.chooses_steps


def test_another_word_is_refused(make_gan):
    message = "`steps_per_execution` must be an integer >= 1 or 'auto'; got 'fast'"
    with pytest.raises(ValueError, match=message):
        make_gan(steps_per_execution="fast")
