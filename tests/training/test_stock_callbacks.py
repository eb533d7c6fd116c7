"""Keras's own callbacks on a GAN: which of them act, and what is said of the others."""

import types
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import linear_gan

from keras_gan import callbacks as ours
from keras_gan.training.fitting.stock_callbacks import without_idle_callbacks

stock = keras.callbacks

# Each is left out with a warning that names what does the job.
IDLE = {
    "LearningRateScheduler": "callbacks.LearningRateSchedule",
    "ReduceLROnPlateau": "callbacks.LearningRateSchedule",
    "SwapEMAWeights": "`ema_decay` of `compile`",
    "TerminateOnNaN": "callbacks.StopOnNaN",
    "BackupAndRestore": "callbacks.Checkpoint",
    "OrbaxCheckpoint": "callbacks.Checkpoint",
}
PARTLY = {"TensorBoard"}
ACTIVE = {
    "Callback",
    "CallbackList",
    "CSVLogger",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "ModelCheckpoint",
    "ProgbarLogger",
    "RemoteMonitor",
}


@pytest.fixture
def gan():
    """A GAN of a few weights, compiled to run eagerly."""
    gan = linear_gan(latent_dim=3, value_range=(-1.0, 1.0))
    sgd = keras.optimizers.SGD
    gan.compile(
        generator_optimizer=sgd(0.1, momentum=0.5),
        discriminator_optimizer=sgd(0.1),
        run_eagerly=True,
    )
    return gan


POINTS = np.random.default_rng(0).uniform(-1, 1, (8, 2)).astype(np.float32)


def make(name, tmp_path):
    """One of each that is left out, as people write them."""
    return {
        "LearningRateScheduler": lambda: stock.LearningRateScheduler(lambda e: 1e-3),
        "ReduceLROnPlateau": lambda: stock.ReduceLROnPlateau("d_loss", mode="min"),
        "SwapEMAWeights": stock.SwapEMAWeights,
        "TerminateOnNaN": stock.TerminateOnNaN,
        "BackupAndRestore": lambda: stock.BackupAndRestore(tmp_path / "backup"),
        # Its constructor needs a package of its own.
        "OrbaxCheckpoint": lambda: stock.OrbaxCheckpoint.__new__(stock.OrbaxCheckpoint),
    }[name]()


def test_every_callback_of_keras_is_accounted_for():
    names = {
        name
        for name in dir(stock)
        if isinstance(getattr(stock, name), type)
        and issubclass(getattr(stock, name), stock.Callback)
    }
    assert names == IDLE.keys() | PARTLY | ACTIVE


@pytest.mark.parametrize("name", IDLE)
def test_what_cannot_act_is_left_out_and_ours_is_named(name, tmp_path):
    callback, other = make(name, tmp_path), stock.History()
    with pytest.warns(UserWarning, match="is left out of the training") as caught:
        kept = without_idle_callbacks([callback, [other]])
    assert kept == [other]
    (message,) = [str(warning.message) for warning in caught]
    assert message.startswith(f"`keras.callbacks.{name}` ")
    assert IDLE[name] in message
    if "callbacks." in IDLE[name]:
        assert hasattr(ours, IDLE[name].removeprefix("callbacks."))


def test_a_scheduler_of_keras_would_set_one_of_the_two_rates(gan):
    callback = stock.LearningRateScheduler(lambda epoch, rate: rate / 2)
    before = float(gan.discriminator_optimizer.learning_rate)
    callback.set_model(gan)
    callback.on_epoch_begin(0)
    assert float(gan.generator_optimizer.learning_rate) == before / 2
    assert float(gan.discriminator_optimizer.learning_rate) == before


def test_an_average_of_keras_would_need_a_setting_of_the_one_optimizer(gan):
    callback = stock.SwapEMAWeights()
    callback.set_model(gan)
    with pytest.raises(ValueError, match="use_ema"):
        callback.on_test_begin()


def test_orbax_would_save_one_of_the_two_optimizers(gan):
    saved = gan.get_state_tree(value_format="numpy_array")["optimizer_variables"]
    kept = gan.generator_optimizer.variables
    assert len(keras.tree.flatten(saved)) == len(kept)


def test_terminate_on_nan_does_not_see_a_gan_diverge(gan):
    callback = stock.TerminateOnNaN(raise_error=True)
    callback.set_model(gan)
    gan.stop_training = False
    logs = dict.fromkeys(("d_loss", "g_loss", "d_real", "d_fake"), float("nan"))
    callback.on_train_batch_end(0, logs)
    assert not gan.stop_training


def test_backup_and_restore_does_not_go_on_at_its_epoch(gan, tmp_path):
    backup = stock.BackupAndRestore(tmp_path, delete_checkpoint=False)
    backup.set_model(gan)
    gan.fit(POINTS, batch_size=8, epochs=2, verbose=0)
    backup.on_epoch_end(1)  # two epochs are done
    backup.on_train_begin()  # the same command again
    history = gan.fit(POINTS, batch_size=8, epochs=2, verbose=0)
    assert history.epoch == [0, 1]  # and not []


@pytest.fixture
def scalars(monkeypatch):
    """The tags that Keras's TensorBoard writes, where `tf.summary.scalar` works."""
    tags = []
    summary = types.SimpleNamespace(
        create_file_writer=tf.summary.create_file_writer,
        scalar=lambda tag, value, step: tags.append(tag),
    )
    monkeypatch.setattr(stock.TensorBoard, "summary", summary)
    return tags


def test_keras_tensor_board_writes_one_of_the_two_rates(gan, tmp_path, scalars):
    board = stock.TensorBoard(tmp_path)
    with pytest.warns(UserWarning, match="rate of the generator alone") as caught:
        assert without_idle_callbacks(board) == [board]
    assert "`keras_gan.callbacks.TensorBoard`" in str(caught[0].message)
    board.set_model(gan)
    board.on_train_begin()
    board.on_epoch_end(0, {"d_loss": 1.0})
    board.on_train_end()
    assert scalars == ["epoch_d_loss", "epoch_learning_rate"]


@pytest.mark.parametrize("name", sorted(ACTIVE))
def test_what_acts_is_kept_without_a_word(name, gan, tmp_path, monkeypatch):
    monkeypatch.setattr("requests.post", lambda *args, **kwargs: None)
    callback = {
        "Callback": stock.Callback,
        "CallbackList": lambda: stock.CallbackList([stock.History()]),
        "CSVLogger": lambda: stock.CSVLogger(tmp_path / "log.csv"),
        "EarlyStopping": lambda: stock.EarlyStopping("g_loss", mode="min", patience=9),
        "History": stock.History,
        "LambdaCallback": lambda: stock.LambdaCallback(
            on_epoch_end=lambda epoch, logs: None
        ),
        "ModelCheckpoint": lambda: stock.ModelCheckpoint(tmp_path / "gan.keras"),
        "ProgbarLogger": stock.ProgbarLogger,
        "RemoteMonitor": stock.RemoteMonitor,
    }[name]()
    kept = without_idle_callbacks(callback)  # warnings are errors
    assert kept == getattr(callback, "callbacks", [callback])
    gan.fit(POINTS, batch_size=8, epochs=2, callbacks=kept, verbose=0)
    assert int(gan.step) == 2


def test_model_checkpoint_saves_a_gan_that_loads(gan, tmp_path):
    path = tmp_path / "gan.keras"
    gan.fit(POINTS, batch_size=8, callbacks=[stock.ModelCheckpoint(path)], verbose=0)
    loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(loaded.sample(4, seed=0), gan.sample(4, seed=0))


def test_early_stopping_stops_by_a_log_of_a_gan(gan):
    stop = stock.EarlyStopping("d_loss", mode="max", patience=1, baseline=1e9)
    history = gan.fit(POINTS, batch_size=8, epochs=9, callbacks=[stop], verbose=0)
    assert len(history.epoch) < 9


@pytest.mark.parametrize(
    "callback",
    [
        stock.EarlyStopping(),
        stock.EarlyStopping("loss"),
        stock.ModelCheckpoint("x.keras", save_best_only=True),
    ],
)
def test_a_log_that_a_gan_does_not_have_is_told(callback):
    with pytest.warns(UserWarning, match="'(val_)?loss', which a GAN does not have"):
        assert without_idle_callbacks([callback]) == [callback]


@pytest.mark.parametrize(
    "callback",
    [stock.EarlyStopping("d_loss"), stock.ModelCheckpoint("x.keras", "val_d_loss")],
)
def test_a_log_without_a_direction_is_refused_before_the_first_epoch(callback, gan):
    with pytest.raises(ValueError, match="give it `mode='min'` or `mode='max'`"):
        without_idle_callbacks([callback])
    callback.set_model(gan)
    with pytest.raises(ValueError, match="Keras isn't able"):
        callback.on_epoch_end(0, {"d_loss": 1.0, "val_d_loss": 1.0})


def test_subclasses_are_taken_to_know_what_they_do():
    class OfTwoLosses(stock.TerminateOnNaN):
        pass

    callback = OfTwoLosses()
    assert without_idle_callbacks([callback]) == [callback]


def test_no_callbacks_are_none():
    assert without_idle_callbacks(None) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert without_idle_callbacks([]) == []
