"""Stops a training whose figures or weights become NaN or infinite."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks.checkpoint import Checkpoint
from keras_gan.training import GAN

_ADVICE = (
    "Try smaller learning rates, gradient clipping (`global_clipnorm` of the "
    "optimizers), a penalty such as `losses.penalties.R1`, or float32 if the networks "
    "compute in half precision."
)


class StopOnNaN(GANCallback):
    """Stops a training that diverged, and goes back to finite weights.

    Every so many steps, and at the end of each epoch, it looks for NaN and infinity in
    the logs, and in the variables of both networks and both optimizers, which diverge
    one step before the logs show it. If it finds any, it restores the newest
    checkpoint, which is always finite, and says so in a warning.

    With float16 and loss scaling only the variables count, because a step that
    overflows is then left out, and training goes on.

    Args:
        every: Steps between two checks.
        checkpoint: The `Checkpoint` of the same `fit`; None restores nothing.

    Raises:
        ValueError: If `every` is no positive integer, `checkpoint` something else, or
            `fit` trains no GAN.

    Example:
        >>> checkpoint = keras_gan.callbacks.Checkpoint("run/checkpoints")
        >>> stop = keras_gan.callbacks.StopOnNaN(checkpoint=checkpoint)
        >>> gan.fit(train, epochs=100, callbacks=[checkpoint, stop])
    """

    # First, so that no callback logs, draws or keeps an epoch that ends with NaN.
    priority = 2

    def __init__(self, every: int = 100, checkpoint: Checkpoint | None = None) -> None:
        super().__init__()
        self.every = check_positive_int("every", every)
        if checkpoint is not None and not isinstance(checkpoint, Checkpoint):
            raise InputError(
                "`checkpoint` must be a `callbacks.Checkpoint` or None; got "
                f"{checkpoint!r}."
            )
        self.checkpoint = checkpoint
        self._broken_parts: Callable[[], list[str]] = list
        self._next: int | None = None
        self._stopped = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Compiles the check of the variables."""
        gan = self.gan
        parts = {
            "the generator": gan.generator.variables,
            "the discriminator": gan.discriminator.variables,
        }
        for network, optimizer in self._optimizers.items():
            parts[f"the {network}'s optimizer"] = optimizer.variables
        self._broken_parts = _compile_finite_check(parts)
        self._stopped = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Counts the steps anew."""
        self._next = None

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Checks logs and variables where that is due.

        It is due at multiples of `every` in the epoch, which a resumed training meets
        too.
        """
        due = self._next is not None and batch >= self._next
        if due:
            self._check()
        if due or self._next is None:
            self._next = (batch // self.every + 1) * self.every

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns the steps to the next check."""
        return None if self._next is None else self._next - batch

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Checks logs and variables at the end of the epoch."""
        if not self._stopped:
            self._check()

    def _check(self) -> None:
        broken = [*self._broken_logs(), *self._broken_parts()]
        if not broken:
            return
        self._stopped = self.gan.stop_training = True
        step = int(self.gan.step)
        self.when_broken(step, broken)

    def when_broken(self, step: int, parts: Sequence[str]) -> None:
        """Restores the checkpoint and warns; a subclass may do something else.

        Args:
            step: The training steps done.
            parts: The logs, networks and optimizers with NaN or infinity.
        """
        warnings.warn(
            f"Training stopped after step {step}: NaN or infinity in "
            f"{', '.join(parts)}. {self._restore()} {_ADVICE}",
            stacklevel=2,
        )

    def _broken_logs(self) -> list[str]:
        scaling = keras.optimizers.LossScaleOptimizer
        if any(isinstance(found, scaling) for found in self._optimizers.values()):
            return []
        logs = self.gan.get_metrics_result()
        return [name for name, value in logs.items() if not math.isfinite(value)]

    def _restore(self) -> str:
        """Restores the checkpoint, if there is one; returns a sentence about it."""
        if self.checkpoint is None:
            return "No `checkpoint` was given, so the weights stay as they are."
        step = self.checkpoint.restore(self.gan)
        if step is None:
            return "There is no checkpoint yet, so the weights stay as they are."
        return f"The GAN is again as in the checkpoint of step {step}."


def _compile_finite_check(
    parts: Mapping[str, Sequence[keras.Variable]],
) -> Callable[[], list[str]]:
    """Returns a function that names the parts with a value that is not finite.

    It is one compiled reduction on the device, of which only a few bools are fetched.
    """
    floating = {
        name: [v for v in variables if v.dtype.startswith(("float", "bfloat"))]
        for name, variables in parts.items()
    }

    @tf.function(autograph=False)
    def are_finite() -> Tensor:
        return tf.stack(
            [
                tf.reduce_all(
                    [tf.reduce_all(tf.math.is_finite(v.value)) for v in variables]
                    or True
                )
                for variables in floating.values()
            ]
        )

    def broken() -> list[str]:
        finite = np.asarray(are_finite())
        return [name for name, fine in zip(floating, finite, strict=True) if not fine]

    return broken
