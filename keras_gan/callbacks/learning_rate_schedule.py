"""Changes the learning rates of both optimizers from epoch to epoch."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.training import GAN

StepSchedule = keras.optimizers.schedules.LearningRateSchedule
Schedule = Callable[[int], float] | Callable[[int, float], float] | StepSchedule


class LearningRateSchedule(GANCallback):
    """Sets the learning rates of the two optimizers of a GAN.

    Each network takes a function of the epoch (from 0), or of the epoch and the present
    rate, as in `keras.callbacks.LearningRateScheduler`. It may also take a schedule of
    Keras's, which then counts training steps. Given to an optimizer itself, such a
    schedule would count updates, of which a training step has k for the discriminator.

    The rates of an epoch join its logs as `generator_learning_rate` and
    `discriminator_learning_rate`, which the callbacks that log have wherever they
    stand.

    Args:
        generator: The rates of the generator; None does not change them.
        discriminator: The rates of the discriminator; None does not change them.

    Raises:
        ValueError: If an argument is no schedule; in `fit`, if an optimizer follows a
            schedule of its own already, or a function returns no rate.

    Example:
        >>> rates = keras_gan.callbacks.LearningRateSchedule(
        ...     generator=lambda epoch, rate: 0.95 * rate,
        ...     discriminator=lambda epoch: 2e-4 if epoch < 50 else 1e-4)
        >>> gan.fit(train, epochs=100, callbacks=[rates])
    """

    priority = 1

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
        given = {"generator": generator, "discriminator": discriminator}
        for network, schedule in given.items():
            if isinstance(schedule, StepSchedule):
                self._schedules[network] = schedule
            elif schedule is not None:
                self._functions[network] = _of_epoch_and_rate(network, schedule)
        self._first_step: int | None = None

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose optimizers have constant rates, which can be set."""
        super().set_model(model)
        for network in [*self._functions, *self._schedules]:
            # A constant rate is a float in the config; a schedule is a dict.
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
        """Returns the rates that functions of the epoch have set."""
        return {network: self._rate(network) for network in self._functions}

    def set_state(self, state: dict[str, Any]) -> None:
        """Restores the saved rates.

        A resumed epoch has run `on_epoch_begin` twice, and a function that multiplies
        the rate has then done so twice.
        """
        for network, rate in state.items():
            self._optimizers[network].learning_rate = rate

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Sets the rates that are functions of the epoch."""
        self._first_step = None
        for network, function in self._functions.items():
            rate = function(epoch, self._rate(network))
            self._set(network, rate, f"epoch {epoch}", may_be_zero=False)

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Sets the rates that follow a schedule of the step."""
        if not self._schedules:
            return
        if self._first_step is None:
            self._first_step = int(self.gan.step) - batch
        step = self._first_step + batch
        for network, schedule in self._schedules.items():
            with tf.device("CPU:0"):  # so that reading the rate waits for no step
                rate: Any = keras.ops.convert_to_numpy(schedule(step))
            # A schedule may warm up from zero, and end at zero.
            self._set(network, rate, f"step {step}", may_be_zero=True)

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns 1 if a rate follows a schedule of the step, else None."""
        return 1 if self._schedules else None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the rates to the logs."""
        if logs is not None:
            for network in self._optimizers:
                logs[f"{network}_learning_rate"] = self._rate(network)

    def _config(self, network: str) -> dict[str, Any]:
        optimizer = self._optimizers[network]
        # A LossScaleOptimizer has its own rate, which it does not use.
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            optimizer = optimizer.inner_optimizer
        return optimizer.get_config()

    def _rate(self, network: str) -> float:
        return learning_rate(self._optimizers[network])

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
        self._optimizers[network].learning_rate = value


def learning_rate(optimizer: Any) -> float:
    """Returns the present learning rate of a Keras optimizer, also of a schedule."""
    rate: Any = keras.ops.convert_to_numpy(optimizer.learning_rate)
    return float(rate)


def _of_epoch_and_rate(argument: str, function: Any) -> Callable[[int, float], Any]:
    """Returns a function of (epoch, rate) for one that may take the epoch alone."""
    if not callable(function):
        raise InputError(
            f"`{argument}` must be a function of the epoch or a Keras schedule, such "
            f"as `lambda epoch: 2e-4 * 0.95**epoch`; got {function!r}. A constant rate "
            "goes to the optimizer."
        )
    try:
        required = len(list(_required(inspect.signature(function))))
    except ValueError:  # some built-in functions have no signature
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
