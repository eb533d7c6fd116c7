"""Callbacks on a GAN that two replicas train."""

import types
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.replicas import two_replicas

from keras_gan import callbacks

IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 2, 2, 1)).astype(np.float32)


class BreakOnce(keras.callbacks.Callback):
    """Puts a NaN into the discriminator when nine steps are done, once."""

    broken = False

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step) == 9 and not self.broken:
            self.broken = True
            kernel = self.model.discriminator.trainable_variables[0]
            kernel.assign(np.full(kernel.shape, np.nan))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A training that was listened to: its logs, warnings and events."""
    folder = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(0)
    with two_replicas().scope():
        # Each replica has moving statistics.
        gan = dense_gan(normalized=True)
        optimizers = [keras.optimizers.SGD(0.5, momentum=0.5) for _ in range(2)]
        gan.compile(*optimizers, run_eagerly=False)
    checkpoint = callbacks.Checkpoint(folder / "checkpoints", every_steps=3)
    listed = [
        callbacks.EvaluateMetrics({"spread": lambda gan: gan.sample(8, seed=0).std()}),
        callbacks.LearningRateSchedule(
            lambda epoch, rate: rate / 2,
            keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5),
        ),
        callbacks.WarnOnCollapse(IMAGES),
        callbacks.StopOnEquilibrium(),
        callbacks.TensorBoard(folder / "board", every=2, samples=4),
        checkpoint,
        callbacks.StopOnNaN(every=2, checkpoint=checkpoint),
        BreakOnce(),
    ]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = gan.fit(IMAGES, batch_size=4, epochs=5, callbacks=listed, verbose=0)
    records = {
        (value.tag, event.step): value.simple_value
        for path in (folder / "board").iterdir()
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
        if value.HasField("simple_value")
    }
    told = [str(w.message) for w in caught if w.category is UserWarning]
    return types.SimpleNamespace(
        gan=gan, history=history.history, warnings=told, records=records
    )


def test_schedules_set_the_rates_of_all_replicas(found):
    # Four steps an epoch; the third breaks off and goes back to step 9.
    history = found.history
    assert history["generator_learning_rate"] == [0.25, 0.125, 0.0625]
    assert history["discriminator_learning_rate"][:2] == [0.5**4, 0.5**8]


def test_figures_join_the_logs(found):
    history = found.history
    assert len(history["spread"]) == len(history["sample_diversity"]) == 3
    assert all(0.0 < value < 10.0 for value in history["sample_diversity"])
    written = found.records
    for epoch, step in enumerate((4, 8)):
        for name in ("d_loss", "spread", "sample_diversity"):
            expected = history[name][epoch]
            assert written[f"epoch/{name}", step] == pytest.approx(expected, rel=1e-6)
    # Of the step that begins there; at the end of an epoch, of its last.
    assert written["learning_rate/discriminator", 2] == 0.125
    assert written["learning_rate/discriminator", 4] == 0.0625


def test_a_training_that_diverges_goes_back(found):
    (message,) = [text for text in found.warnings if "Training stopped" in text]
    assert "stopped after step 10: NaN or infinity in d_" in message
    assert "as in the checkpoint of step 9" in message
    assert int(found.gan.step) == 9
    assert all(np.isfinite(v.numpy()).all() for v in found.gan.variables)
