"""Learning rates that change from epoch to epoch, for both optimizers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.callbacks._base import GANCallback
from keras_gan.training import GAN

StepSchedule = keras.optimizers.schedules.LearningRateSchedule
Schedule = Callable[[int], float] | Callable[[int, float], float] | StepSchedule

_NETWORKS = ("generator", "discriminator")


class LearningRateSchedule(GANCallback):
    """Sets the learning rates of the two optimizers of a GAN.

    Each network takes a function of the epoch (from 0), or of the epoch and the present
    rate, as `keras.callbacks.LearningRateScheduler` does; or one of Keras's schedules,
    which then counts training steps. Given to an optimizer itself, such a schedule
    counts updates, of which the discriminator has k in a training step.

    The rates of an epoch join its logs as `generator_learning_rate` and
    `discriminator_learning_rate`: put this callback before those that log.

    Args:
        generator: For the generator's optimizer; None leaves it alone.
        discriminator: For the discriminator's optimizer; None leaves it alone.

    Raises:
        ValueError: If an argument is no schedule; in `fit`, if an optimizer follows a
            schedule of its own already, or a function returns no rate.

    Example:
        >>> rates = keras_gan.callbacks.LearningRateSchedule(
        ...     generator=lambda epoch, rate: 0.95 * rate,
        ...     discriminator=lambda epoch: 2e-4 if epoch < 50 else 1e-4)
        >>> gan.fit(train, epochs=100, callbacks=[rates])
    """

    def __init__(
        self,
        generator: Schedule | None = None,
        discriminator: Schedule | None = None,
    ) -> None:
        super().__init__()
        if generator is None and discriminator is None:
            raise InputError(
                "Give `generator`, `discriminator` or both: a function of the epoch, "
                "such as `lambda epoch: 2e-4 * 0.95**epoch`."
            )
        self.generator = generator
        self.discriminator = discriminator
        self._functions: dict[str, Callable[[int, float], Any]] = {}
        self._schedules: dict[str, StepSchedule] = {}
        for network in _NETWORKS:
            schedule = getattr(self, network)
            if isinstance(schedule, StepSchedule):
                self._schedules[network] = schedule
            elif schedule is not None:
                self._functions[network] = _of_epoch_and_rate(network, schedule)
        self._first_step: int | None = None

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose optimizers let their rates be set."""
        super().set_model(model)
        for network in [*self._functions, *self._schedules]:
            # The config of a constant is a number; it is that of a schedule else.
            if not isinstance(self._config(network)["learning_rate"], float):
                raise InputError(
                    f"`{network}_optimizer` follows a learning-rate schedule of its "
                    f"own; give it a number, or leave `{network}` out of "
                    "`callbacks.LearningRateSchedule`."
                )
        if self._schedules and self.gan.steps_per_execution > 1:
            raise InputError(
                "A schedule of the step cannot change the rate within the "
                f"`steps_per_execution={self.gan.steps_per_execution}` steps of one "
                "execution; give it to the optimizer itself."
            )

    def get_state(self) -> dict[str, Any]:
        """The rates that functions of the epoch have set."""
        return {network: self._rate(network) for network in self._functions}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes back what the beginning of an epoch has set for the second time."""
        for network, rate in state.items():
            self._optimizer(network).learning_rate = rate

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Sets what is a function of the epoch."""
        self._first_step = None
        for network, function in self._functions.items():
            rate = function(epoch, self._rate(network))
            self._set(network, rate, f"epoch {epoch}", may_be_zero=False)

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Sets what follows a schedule of the step."""
        if not self._schedules:
            return
        if self._first_step is None:
            self._first_step = int(self.gan.step) - batch
        step = self._first_step + batch
        for network, schedule in self._schedules.items():
            with tf.device("CPU:0"):  # to read the result must not wait for a step
                rate: Any = keras.ops.convert_to_numpy(schedule(step))
            # Schedules may warm up from zero, and end there.
            self._set(network, rate, f"step {step}", may_be_zero=True)

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """One step, if a rate follows a schedule of the step."""
        return 1 if self._schedules else None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the rates to the logs."""
        if logs is not None:
            for network in _NETWORKS:
                logs[f"{network}_learning_rate"] = self._rate(network)

    def _optimizer(self, network: str) -> Any:
        return getattr(self.gan, f"{network}_optimizer")

    def _config(self, network: str) -> dict[str, Any]:
        optimizer = self._optimizer(network)
        # A LossScaleOptimizer has a rate of its own, which it does not use.
        return getattr(optimizer, "inner_optimizer", optimizer).get_config()

    def _rate(self, network: str) -> float:
        return learning_rate(self._optimizer(network))

    def _set(self, network: str, rate: Any, when: str, *, may_be_zero: bool) -> None:
        try:
            value = float(rate)
        except (TypeError, ValueError):
            value = math.nan
        if not (0.0 < value < math.inf or (value == 0.0 and may_be_zero)):
            raise InputError(
                f"`{network}` must return a learning rate, a finite number > 0; for "
                f"{when} it returned {rate!r}."
            )
        self._optimizer(network).learning_rate = value


def learning_rate(optimizer: Any) -> float:
    """The present learning rate of a Keras optimizer, of a schedule too."""
    rate: Any = keras.ops.convert_to_numpy(optimizer.learning_rate)
    return float(rate)


def _of_epoch_and_rate(argument: str, function: Any) -> Callable[[int, float], Any]:
    """Makes a function of the epoch alone one of the epoch and the rate."""
    if not callable(function):
        raise InputError(
            f"`{argument}` must be a function of the epoch or a Keras schedule, such "
            f"as `lambda epoch: 2e-4 * 0.95**epoch`; got {function!r}. A constant rate "
            "goes to the optimizer."
        )
    try:
        required = len(list(_required(inspect.signature(function))))
    except ValueError:  # some built-in functions do not tell
        required = 1
    if required > 2:
        raise InputError(
            f"`{argument}` must take the epoch, or the epoch and the present rate; it "
            f"wants {required} arguments."
        )
    if required == 2:
        return function
    return lambda epoch, rate: function(epoch)


def _required(signature: inspect.Signature) -> Iterator[inspect.Parameter]:
    for parameter in signature.parameters.values():
        variadic = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not variadic:
            yield parameter
