"""An end to a training whose numbers are no longer numbers."""

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
from keras_gan.callbacks._base import GANCallback
from keras_gan.callbacks.checkpoint import Checkpoint
from keras_gan.training import GAN

_ADVICE = (
    "Try smaller learning rates, gradient clipping (`global_clipnorm` of the "
    "optimizers), a penalty such as `losses.penalties.R1`, or float32 if the networks "
    "compute in half precision."
)


class StopOnNaN(GANCallback):
    """Stops a training that diverged, and goes back to finite weights.

    Looks every so many steps, and at the end of each epoch, for NaN and infinity: in
    the logs, and in the variables of both networks and both optimizers, which turn one
    step before the logs tell. Where it finds some, it restores the newest checkpoint,
    none of which holds such weights, and says so in a warning.

    With float16 and loss scaling the variables alone count: a step that overflows is
    left out there, and training goes on.

    Args:
        every: Steps between two looks.
        checkpoint: The `Checkpoint` of the same `fit`; None restores nothing.

    Raises:
        ValueError: If an argument cannot be used, or `fit` trains no GAN.

    Example:
        >>> checkpoint = keras_gan.callbacks.Checkpoint("run/checkpoints")
        >>> stop = keras_gan.callbacks.StopOnNaN(checkpoint=checkpoint)
        >>> gan.fit(train, epochs=100, callbacks=[checkpoint, stop])
    """

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
        """Prepares the look at the variables."""
        gan = self.gan
        self._broken_parts = _finder(
            {
                "the generator": gan.generator.variables,
                "the discriminator": gan.discriminator.variables,
                "the generator's optimizer": gan.generator_optimizer.variables,
                "the discriminator's optimizer": gan.discriminator_optimizer.variables,
            }
        )
        self._stopped = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Counts anew."""
        self._next = None

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Looks, when it is due.

        At multiples of `every` in the epoch, which a resumed training meets too.
        """
        due = self._next is not None and batch >= self._next
        if due:
            self._look()
        if due or self._next is None:
            self._next = (batch // self.every + 1) * self.every

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """The steps to the next look."""
        return None if self._next is None else self._next - batch

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the whole epoch."""
        if not self._stopped:
            self._look()

    def _look(self) -> None:
        broken = [*self._broken_logs(), *self._broken_parts()]
        if not broken:
            return
        self._stopped = self.gan.stop_training = True
        step = int(self.gan.step)
        warnings.warn(
            f"Training stopped after step {step}: NaN or infinity in "
            f"{', '.join(broken)}. {self._restore()} {_ADVICE}",
            stacklevel=2,
        )

    def _broken_logs(self) -> list[str]:
        gan = self.gan
        scaling = keras.optimizers.LossScaleOptimizer
        optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
        if any(isinstance(optimizer, scaling) for optimizer in optimizers):
            return []
        logs = gan.get_metrics_result()
        return [name for name, value in logs.items() if not math.isfinite(value)]

    def _restore(self) -> str:
        """Goes back, if it can; returns a sentence about it."""
        if self.checkpoint is None:
            return "No `checkpoint` was given, so the weights stay as they are."
        step = self.checkpoint.restore(self.gan)
        if step is None:
            return "There is no checkpoint yet, so the weights stay as they are."
        return f"The GAN is again as in the checkpoint of step {step}."


def _finder(parts: Mapping[str, Sequence[keras.Variable]]) -> Callable[[], list[str]]:
    """Returns a function that names the parts with a value that is not finite.

    One compiled reduction on the device; a few bools are all that is fetched.
    """
    floating = {
        name: [v for v in variables if v.dtype.startswith(("float", "bfloat"))]
        for name, variables in parts.items()
    }

    @tf.function
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
