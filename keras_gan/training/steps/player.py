"""A network of the game, and the optimizer that moves it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import losses_of_call, losses_of_weights
from keras_gan._typing import Tensor
from keras_gan.distribution.replicas import shared_loss
from keras_gan.training.optimizers.gradients import apply_gradients


@dataclass(frozen=True, eq=False)
class Player:
    """The generator or the discriminator, with its optimizer.

    Attributes:
        network: The network whose trainable variables the player moves.
        optimizer: A Keras optimizer, built for these variables.
    """

    network: keras.Model
    optimizer: Any
    _layer_losses: list[Tensor] = field(default_factory=list)

    def __call__(self, inputs: Tensor, *, training: bool) -> Any:
        """Returns the outputs of the network, and keeps the losses of its layers.

        Keras forgets the losses of a call at the next call.
        """
        outputs = self.network(inputs, training=training)
        if training:
            self._layer_losses.extend(losses_of_call(self.network))
        return outputs

    def forget_losses(self) -> None:
        """Forgets the layers' losses of all calls so far."""
        self._layer_losses.clear()

    @contextlib.contextmanager
    def losses_apart(self) -> Iterator[list[Tensor]]:
        """Gives the layers' losses of the calls inside the block, and forgets them."""
        before = len(self._layer_losses)
        inside: list[Tensor] = []
        yield inside
        inside.extend(self._layer_losses[before:])
        del self._layer_losses[before:]

    def objective(self, *losses: Tensor) -> Tensor:
        """Returns the sum of the player's losses and those of its layers.

        Call it inside `Game.tape`, whose calls of the network all count. The sum is
        this replica's share of the mean over the global batch, scaled up where the
        optimizer scales losses of half precision.

        Args:
            *losses: Scalars, each a mean over this replica's part of the batch.
        """
        terms = [*losses, *self._layer_losses, *losses_of_weights(self.network)]
        total = tf.add_n([tf.cast(term, tf.float32) for term in terms])
        return self.optimizer.scale_loss(shared_loss(total))

    def gradients(self, tape: tf.GradientTape, objective: Tensor) -> list[Any]:
        """Returns the gradient of the objective by each trainable variable."""
        return tape.gradient(objective, self.network.trainable_variables)

    def move(
        self, gradients: Sequence[Any], along: Mapping[str, Tensor] | None = None
    ) -> dict[str, Tensor]:
        """Updates the network by the gradients, summed over all replicas.

        Args:
            gradients: One for each trainable variable.
            along: Scalars of this replica.

        Returns:
            The means of the scalars over all replicas.
        """
        variables = self.network.trainable_variables
        return apply_gradients(self.optimizer, gradients, variables, along)

    def descend(
        self,
        tape: tf.GradientTape,
        objective: Tensor,
        along: Mapping[str, Tensor] | None = None,
    ) -> dict[str, Tensor]:
        """Updates the network once, down the gradient of its objective; see `move`."""
        return self.move(self.gradients(tape, objective), along)
