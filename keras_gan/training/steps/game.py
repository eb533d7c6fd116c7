"""The two players and the rules of their game, as a training step needs them."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import synchronized_moments
from keras_gan._typing import Tensor
from keras_gan.augmentation import Augmentation
from keras_gan.distribution.global_batch import global_moments
from keras_gan.distribution.replicas import replica_count
from keras_gan.layers.batch_normalization import joined_batches
from keras_gan.priors import Prior
from keras_gan.training.batches import unpack
from keras_gan.training.counters import StepCounter
from keras_gan.training.interface import Interface
from keras_gan.training.networks import join
from keras_gan.training.own_parts import penalty_name, scalar_of
from keras_gan.training.steps.augmenting import AugmentedStep
from keras_gan.training.steps.judge import (
    Judge,
    Outputs,
    logits_in,
    mean_probabilities,
    outputs_of,
)
from keras_gan.training.steps.moving_average import MovingAverage
from keras_gan.training.steps.player import Player
from keras_gan.training.steps.random_layers import keyed_seeds
from keras_gan.training.steps.row_independence import (
    keeps_batches_apart,
    keeps_rows_apart,
)
from keras_gan.training.steps.streams import PENALTIES, Streams


@dataclass(frozen=True)
class Turn:
    """One update of the discriminator: its loss and its outputs on both halves."""

    d_loss: Tensor
    real: Outputs
    fake: Outputs

    def logs(self) -> dict[str, Tensor]:
        """Returns the loss, and the means of D(x) and D(G(z))."""
        return {"d_loss": self.d_loss, **mean_probabilities(self.real, self.fake)}


@dataclass(frozen=True, eq=False)
class Game:
    """The players, the rules and the random numbers of one step.

    Attributes:
        generator: The player that makes images.
        discriminator: The player that tells them from data.
        interface: How the networks are called.
        loss: The losses of both players, with all flags of `AdversarialLoss`.
        penalties: Terms of the discriminator's loss, with the flag of `Penalty`.
        augment: Changes images before the discriminator sees them; None for no change.
        discriminator_steps: k, the discriminator's updates in a step.
        prior: The distribution of latents.
        moving_average: The average of the generator, updated in each step; or None.
        streams: The random numbers at this position of the training.
        step: The counter of training steps.
        compiled: Whether XLA compiles the step.
    """

    generator: Player
    discriminator: Player
    interface: Interface
    loss: Any
    penalties: Sequence[Any]
    augment: Any
    discriminator_steps: int
    prior: Prior
    moving_average: MovingAverage | None
    streams: Streams
    step: StepCounter
    compiled: bool

    def batch(self, data: Any) -> tuple[Tensor, Tensor | None]:
        """Returns the images as float32, and the labels `(B,)` int32 or None.

        Raises:
            ValueError: If a conditional GAN gets no labels.
        """
        images, labels = unpack(data)
        num_classes = self.interface.num_classes
        if num_classes is None:
            labels = None
        elif labels is None:
            raise InputError(
                f"This GAN has `num_classes={num_classes}`: give labels too, as "
                "`(images, labels)` batches."
            )
        else:
            labels = tf.cast(tf.reshape(labels, (-1,)), tf.int32)
        return tf.cast(images, tf.float32), labels

    @contextlib.contextmanager
    def keyed_layers(self) -> Iterator[None]:
        """Lets layers inside the block compute as those of one replica would.

        Random layers draw by seed, step, replica and place; Keras's synchronized
        statistics take one message.
        """
        layers: list[keras.layers.Layer] = [
            self.generator.network,
            self.discriminator.network,
        ]
        if isinstance(self.augment, keras.layers.Layer):
            layers.append(self.augment)
        with contextlib.ExitStack() as inside:
            inside.enter_context(keyed_seeds(layers, self.streams))
            if replica_count() > 1:
                inside.enter_context(synchronized_moments(global_moments))
            yield

    @contextlib.contextmanager
    def tape(self, *, persistent: bool = False) -> Iterator[tf.GradientTape]:
        """Opens a tape; the calls of the networks in it add the losses of their layers.

        Args:
            persistent: Whether more than one gradient is taken.
        """
        self.generator.forget_losses()
        self.discriminator.forget_losses()
        with tf.GradientTape(persistent=persistent) as tape:
            yield tape

    def latents(self, images: Tensor, *, stream: int) -> Tensor:
        """Returns a latent `(B, latent_dim)` for each image of a minibatch."""
        rows = tf.shape(images)[0]
        return self.streams.latents(stream, rows, self.prior, self.interface.latent_dim)

    def samples(
        self, z: Tensor, labels: Tensor | None, *, training: bool = True
    ) -> Tensor:
        """Returns G's images in float32 like the data, in whatever type G computes."""
        inputs = join([z] if labels is None else [z, labels])
        return tf.cast(self.generator(inputs, training=training), tf.float32)

    def minibatches(
        self, images: Tensor, labels: Tensor | None
    ) -> list[tuple[Tensor, Tensor | None, Tensor]]:
        """Returns the images, the labels and the latents of each of D's turns.

        Minibatch j is every k-th row: the parts of all replicas then make it together.
        """
        k, parts = self.discriminator_steps, []
        for j in range(k):
            real, label = images[j::k], None if labels is None else labels[j::k]
            parts.append((real, label, self.latents(real, stream=j)))
        return parts

    def samples_of_turns(
        self, minibatches: Sequence[tuple[Tensor, Tensor | None, Tensor]]
    ) -> list[Tensor] | None:
        """Returns G's images for D's turns, drawn in one pass, or None for a pass each.

        On several replicas one pass exchanges the statistics of all minibatches at
        once. On one, all images of a step would take memory for nothing.
        """
        turns = len(minibatches)
        if turns == 1 or replica_count() == 1:
            return None
        if not keeps_batches_apart(self.generator.network):
            return None
        _, labels, z = zip(*minibatches, strict=True)
        joined = None if labels[0] is None else tf.concat(labels, axis=0)
        with joined_batches(turns):
            return tf.split(self.samples(tf.concat(z, axis=0), joined), turns)

    def judge(self) -> Judge:
        """Returns the discriminator as this step asks it, through the augmentation."""
        show = tf.identity
        if self.augment is not None:
            show = AugmentedStep(self.augment, self.streams)
        return Judge(
            functools.partial(self.outputs, training=True),
            show,
            # XLA needs nearly twice as long for one pass over both as for two passes.
            rows_apart=not self.compiled
            and keeps_rows_apart(self.discriminator.network),
        )

    def outputs(
        self, images: Tensor, labels: Tensor | None, *, training: bool = False
    ) -> Outputs:
        """Returns D's outputs on images, which are not augmented here."""
        takes_labels = self.interface.takes_labels and labels is not None
        inputs = join([images, labels] if takes_labels else [images])
        return outputs_of(self.discriminator(inputs, training=training))

    def discriminator_loss(
        self, real: Outputs, fake: Outputs, labels: Tensor | None
    ) -> Tensor:
        """Returns the loss that the discriminator minimises, a scalar."""
        function = self.loss.discriminator_loss
        classes = self._classes(labels)
        return scalar_of("`discriminator_loss`", function, real, fake, *classes)

    def generator_loss(
        self, real: Outputs, fake: Outputs, labels: Tensor | None
    ) -> Tensor:
        """Returns the loss that the generator minimises, a scalar."""
        function = self.loss.generator_loss
        classes = self._classes(labels)
        return scalar_of("`generator_loss`", function, real, fake, *classes)

    def penalty_terms(
        self,
        judge: Judge,
        real: Tensor,
        fake: Tensor,
        labels: Tensor | None,
        *,
        update: int,
    ) -> list[Tensor]:
        """Returns the penalties of one update of the discriminator, scalars."""

        def logits_of(images: Tensor) -> Tensor:
            return logits_in(judge(images, labels))

        terms = []
        for number, penalty in enumerate(self.penalties):
            drawn = {}
            if penalty.needs_uniform:
                stream = PENALTIES + update * 64 + number
                drawn["uniform"] = self._uniform(tf.shape(real)[0], stream)
            name = penalty_name(number, penalty)
            term = functools.partial(
                scalar_of, name, penalty, logits_of, real, fake, **drawn
            )
            every = getattr(penalty, "every", 1)
            terms.append(term() if every == 1 else self._lazy(term, every, update))
        return terms

    def _lazy(self, term: Callable[[], Tensor], every: int, update: int) -> Tensor:
        """Returns `every` times a penalty in the first of as many updates, else 0.

        Args:
            term: Computes the penalty.
            every: The number of the discriminator's updates, of which one has it.
            update: The number of the update in this step.
        """

        def penalized() -> Tensor:
            # A tensor that is made in here cannot be used outside.
            with self.discriminator.losses_apart() as layer_losses:
                total = float(every) * tf.cast(term(), tf.float32)
            return tf.add_n([total, *layer_losses])

        updates = tf.convert_to_tensor(self.step) * self.discriminator_steps + update
        due = tf.equal(tf.math.floormod(updates, every), 0)
        if replica_count() > 1 and not keeps_rows_apart(self.discriminator.network):
            # TensorFlow sums over replicas, as batch statistics are, in no branch.
            return tf.where(due, penalized(), 0.0)
        return tf.cond(due, penalized, lambda: tf.constant(0.0))

    def logs(self, turns: Sequence[Turn], g_loss: Tensor) -> dict[str, Tensor]:
        """Returns the logs of a step on this replica; D's are means over its turns."""
        logs = [turn.logs() for turn in turns]
        means = {
            name: tf.add_n([log[name] for log in logs]) / len(logs) for name in logs[0]
        }
        return {"g_loss": g_loss, **means}

    def end_step(
        self, turns: Sequence[Turn], logs: dict[str, Tensor], images: Tensor
    ) -> dict[str, Tensor]:
        """Updates average and augmentation, counts the step, and returns its logs."""
        if self.moving_average is not None:
            self.moving_average.follow(self.generator.network, self.step)
        self.step.assign_add(1)
        if isinstance(self.augment, Augmentation) and self.augment.adapts:
            logits = tf.concat([logits_in(turn.real) for turn in turns], axis=0)
            self.augment.adapt(logits, tf.shape(images)[0])
        return logs

    def _classes(self, labels: Tensor | None) -> list[Tensor]:
        """Returns the labels as the last argument of a loss with a classifier."""
        return [labels] if self.loss.needs_class_logits else []

    def _uniform(self, rows: Tensor, stream: int) -> Tensor:
        """Returns a number in (0, 1) for each image, one for all images of a pack."""
        pack = self.interface.pack
        drawn = self.streams.uniforms(stream, rows if pack == 1 else rows // pack, 1)
        return drawn[:, 0] if pack == 1 else tf.repeat(drawn[:, 0], pack)
