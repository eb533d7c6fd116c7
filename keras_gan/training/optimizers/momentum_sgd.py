"""Stochastic gradient descent whose momentum may change during training."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import gradients_seen, index_of
from keras_gan._typing import Tensor
from keras_gan.training.optimizers.fused_updates import apply_momentum

Schedule = keras.optimizers.schedules.LearningRateSchedule


@keras.saving.register_keras_serializable("keras_gan")
class MomentumSGD(keras.optimizers.Optimizer):
    """`v ← m·v - η·g`, `w ← w + v`, with schedules for both η and m.

    `keras.optimizers.SGD` does the same with a constant m.

    Args:
        learning_rate: η, a number or a Keras schedule of the step.
        momentum: m in [0, 1), a number or a Keras schedule of the step. Both schedules
            count gradients, as Keras's optimizers do, accumulated ones included.
        name: The optimizer's name.
        **kwargs: As in `keras.optimizers.Optimizer`.

    Raises:
        ValueError: If a constant `momentum` is not in [0, 1).

    Example:
        >>> rise = keras.optimizers.schedules.PolynomialDecay(0.5, 125_000, 0.7)
        >>> optimizer = keras_gan.training.MomentumSGD(0.1, momentum=rise)

    Source: the schedule that Goodfellow et al. trained with in 2014.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 0.01,
        momentum: float | Schedule = 0.0,
        *,
        name: str = "momentum_sgd",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        if not isinstance(momentum, Schedule) and not 0.0 <= momentum < 1.0:
            raise InputError(
                f"`momentum` must be in [0, 1) or a schedule; got {momentum!r}."
            )
        self.momentum = momentum

    def build(self, variables: list[keras.Variable]) -> None:
        """Makes one velocity for each variable."""
        if self.built:
            return
        super().build(variables)
        self.velocities = [
            self.add_variable_from_reference(variable, name="velocity")
            for variable in variables
        ]

    def update_step(
        self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor
    ) -> None:
        """Moves one variable."""
        velocity = self.velocities[index_of(self, variable)]
        gradient = tf.convert_to_tensor(gradient)  # may be sparse, of an embedding
        momentum = self.momentum
        if isinstance(momentum, Schedule):
            momentum = momentum(gradients_seen(self))
        apply_momentum(variable, velocity, gradient, learning_rate, momentum)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        momentum = self.momentum
        if isinstance(momentum, Schedule):
            momentum = keras.optimizers.schedules.serialize(momentum)
        return {**super().get_config(), "momentum": momentum}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> MomentumSGD:
        """Makes the optimizer from what `get_config` returned."""
        config = dict(config)
        if isinstance(config.get("momentum"), dict):
            config["momentum"] = keras.optimizers.schedules.deserialize(
                config["momentum"], custom_objects=custom_objects
            )
        return super().from_config(config, custom_objects=custom_objects)
