"""Leaves out those of Keras's own callbacks that cannot work on a GAN.

A GAN has two optimizers and no `loss`. Callbacks that would do nothing, or that would
stop `fit` with an error from deep inside Keras, are left out with a warning that names
a replacement.
"""

from __future__ import annotations

import warnings
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError

_stock = keras.callbacks

_TWO_OPTIMIZERS = "it knows one optimizer, and a GAN has two"

# The reason why a callback cannot do its work on a GAN, and the replacement.
_IDLE: dict[type, tuple[str, str]] = {
    _stock.LearningRateScheduler: (
        _TWO_OPTIMIZERS,
        "use `keras_gan.callbacks.LearningRateSchedule`",
    ),
    _stock.ReduceLROnPlateau: (
        f"{_TWO_OPTIMIZERS}; nor do the losses of a GAN show its progress",
        "use `keras_gan.callbacks.LearningRateSchedule`",
    ),
    _stock.SwapEMAWeights: (
        _TWO_OPTIMIZERS,
        "use `ema_decay` of `compile`; sampling, saving and export use that average",
    ),
    _stock.TerminateOnNaN: (
        "it reads the log `loss`, which a GAN does not have",
        "use `keras_gan.callbacks.StopOnNaN`",
    ),
    _stock.BackupAndRestore: (
        "it restores weights, but neither the epoch nor the place in the data",
        "use `keras_gan.callbacks.Checkpoint`",
    ),
    _stock.OrbaxCheckpoint: (
        _TWO_OPTIMIZERS,
        "use `keras_gan.callbacks.Checkpoint`",
    ),
}

# Callbacks that choose by one figure, which a GAN must log.
_MONITORING = (_stock.EarlyStopping, _stock.ModelCheckpoint)


def without_idle_callbacks(callbacks: Any) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that act on a GAN, and warns of the others.

    Subclasses of Keras's callbacks are kept: they may work differently.

    Args:
        callbacks: As in `keras.Model.fit`: one, a nested list, a `CallbackList`, None.

    Raises:
        ValueError: If Keras could not tell whether a callback's figure should grow or
            fall.
    """
    listed = listed_callbacks(callbacks)
    _check_trackers(listed)
    return [callback for callback in listed if _acts(callback)]


def listed_callbacks(callbacks: Any) -> list[keras.callbacks.Callback]:
    """Returns the callbacks in what `keras.Model.fit` takes for them, as a list."""
    listed = getattr(callbacks, "callbacks", callbacks)
    return [] if listed is None else tf.nest.flatten(listed)


def _check_trackers(callbacks: list[Any]) -> None:
    """Warns of a tracker that waits for calls of `keras.Model.fit`, as mlflow's.

    The `fit` of a GAN does not call Keras's. A tracker that is a callback works.
    """
    own = ("keras.", "keras_gan.", "__main__")
    has_tracker = any(not type(one).__module__.startswith(own) for one in callbacks)
    if "fit" in vars(keras.Model) and not has_tracker:
        _warn(
            "Something, such as `mlflow.keras.autolog()`, watches `keras.Model.fit`, "
            "which the `fit` of a GAN does not call, so it records nothing. Give a "
            "tracker as a callback: `mlflow.keras.MlflowCallback()`, say."
        )


def saves_models(callback: Any) -> bool:
    """Returns whether a callback of Keras's calls `save` of the model."""
    kind = _stock.ModelCheckpoint
    return isinstance(callback, kind) and not callback.save_weights_only


def _acts(callback: Any) -> bool:
    kind = type(callback)
    name = f"keras.callbacks.{kind.__name__}"
    if kind in _IDLE:
        reason, remedy = _IDLE[kind]
        _warn(f"`{name}` is left out of the training: {reason}; {remedy}.")
        return False
    if kind is _stock.TensorBoard:
        return _check_tensor_board(callback, name)
    if kind in _MONITORING:
        _check_monitor(callback, name)
    if kind is _stock.ModelCheckpoint and saves_models(callback):
        _check_file_name(callback.filepath)
    return True


def _check_tensor_board(callback: Any, name: str) -> bool:
    _warn(
        f"`{name}` writes the learning rate of the generator alone, because "
        f"{_TWO_OPTIMIZERS}; use `keras_gan.callbacks.TensorBoard`, which writes both, "
        "and samples, and needs no TensorBoard to write."
    )
    return True


def _check_file_name(path: Any) -> None:
    """Refuses, before any step, a file that cannot hold a GAN."""
    if not str(path).endswith(".keras"):
        raise InputError(
            "A GAN is saved as a .keras file; give `keras.callbacks.ModelCheckpoint` "
            f"a name that ends so, and not '{path}'."
        )


def _check_monitor(callback: Any, name: str) -> None:
    """Warns of a figure that a GAN does not log; refuses one without a direction."""
    monitor = callback.monitor
    if monitor not in ("loss", "val_loss"):
        if callback.mode == "auto":
            raise InputError(
                f"`{name}` cannot tell whether '{monitor}' should grow or fall; give "
                "it `mode='min'` or `mode='max'`."
            )
    elif getattr(callback, "save_best_only", True):
        _warn(
            f"`{name}` waits for the log '{monitor}', which a GAN does not have; let "
            "it monitor a figure of `keras_gan.callbacks.EvaluateMetrics` with a "
            "`mode`, or use `keras_gan.callbacks.StopOnEquilibrium` to stop and "
            "`keras_gan.callbacks.Checkpoint` to save."
        )


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=5)
