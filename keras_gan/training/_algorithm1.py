"""Algorithm 1: k updates of the discriminator, one of the generator."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.distribution.replicas import after, rows_of_replica, shared_loss
from keras_gan.losses import AdversarialLoss, AuxiliaryClassifier
from keras_gan.priors import Prior
from keras_gan.priors.philox import keyed_uniforms
from keras_gan.training._augmenting import AugmentedStep, augmented_for_evaluation
from keras_gan.training._batches import checked_batch, unpack
from keras_gan.training._judgement import (
    Judge,
    Outputs,
    logits_in,
    mean_probabilities,
    outputs_of,
)
from keras_gan.training._keyed_seeds import keyed_seeds
from keras_gan.training._networks import Interface, join
from keras_gan.training._optimizers import apply_gradients
from keras_gan.training._row_wise import is_row_wise
from keras_gan.training._running_means import RunningMeans

# Streams of random numbers: 0 to k are the noise of a training step's updates, those
# between 2^20 and 2^21 the augmentation's, from 2^21 on they belong to random layers.
_PENALTY_STREAM = 2**19
_EVALUATION_STREAM = 2**20

Update: TypeAlias = tuple[Outputs, dict[str, Tensor]]
"""Of an update of the discriminator: what it made of the data, and the logs."""


class AlternatingUpdates:
    """The `train_step` and `test_step` of a GAN, whose attributes they use."""

    generator: keras.Model
    discriminator: keras.Model
    generator_optimizer: keras.optimizers.Optimizer
    discriminator_optimizer: keras.optimizers.Optimizer
    adversarial_loss: AdversarialLoss | AuxiliaryClassifier
    discriminator_steps: int
    penalties: tuple[Any, ...]
    augment: Any
    ema_generator: Any
    ema_decay: Any
    prior: Prior
    latent_dim: int
    num_classes: int | None
    _interface: Interface
    seed: int
    step: Any
    jit_compile: bool
    test_means: RunningMeans

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """Does k discriminator updates and one generator update on one batch."""
        images, labels = self._unpack(data)
        images = checked_batch(images, self.discriminator_steps, self._interface.pack)
        judge = self._judge()
        layers = self._random_layers(self.augment)
        with keyed_seeds(layers, self.seed, self.step):
            updates, g_loss = self._updates(judge, images, labels)
        if self.ema_decay is not None:
            self._update_ema()
        self.step.assign_add(1)
        logs = [log for _, log in updates]
        means = {
            name: tf.add_n([log[name] for log in logs]) / len(logs) for name in logs[0]
        }
        if getattr(self.augment, "adapts", False):
            self._adapt([logits_in(outputs) for outputs, _ in updates], images)
            g_loss = after(self.augment.variables, g_loss)
        values = self._after_updates(self.generator, g_loss, *means.values())
        return dict(zip(("g_loss", *means), values, strict=True))

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Computes the logs on one batch without touching any weight."""
        images, labels = self._unpack(data)
        images = checked_batch(images, 1, self._interface.pack)
        # The batches of this evaluation so far are the position of the noise.
        position = tf.convert_to_tensor(self.test_means.count)
        z = self._noise(tf.shape(images)[0], _EVALUATION_STREAM, position)
        fake = self._generated(z, labels, training=False)
        real, fake = (
            self._outputs(
                augmented_for_evaluation(self.augment, shown), labels, training=False
            )
            for shown in (images, fake)
        )
        return {
            "d_loss": self._loss("discriminator_loss", real, fake, labels),
            "g_loss": self._loss("generator_loss", real, fake, labels),
            **mean_probabilities(real, fake),
        }

    def _updates(
        self, judge: Judge, images: Tensor, labels: Tensor | None
    ) -> tuple[list[Update], Tensor]:
        """Updates both networks.

        Returns:
            The discriminator's updates, and the generator's loss.
        """
        k = self.discriminator_steps
        updates = []
        for j in range(k):
            # The cut is strided, so that it commutes with sharding over replicas.
            real = images[j::k]
            label = None if labels is None else labels[j::k]
            updates.append(self._discriminator_update(judge, real, label, stream=j))
        judged, _ = updates[-1]
        if getattr(self.adversarial_loss, "generator_needs_real_logits", True):
            # Of the same D as the logits of the samples that they are compared to.
            (real,) = self._after_updates(self.discriminator, real)
            judged = judge(real, label)
        return updates, self._generator_update(judge, real, judged, label)

    def _discriminator_update(
        self, judge: Judge, real: Tensor, labels: Tensor | None, stream: int
    ) -> Update:
        """Ascends D's side of the value function once."""
        z = self._noise(tf.shape(real)[0], stream, self.step)
        if stream:
            real, z = self._after_updates(self.discriminator, real, z)
        fake = self._generated(z, labels, training=True)
        with tf.GradientTape() as tape:
            judged = judge.both(real, fake, labels)
            loss = self._loss("discriminator_loss", *judged, labels)
            terms = self._penalty_terms(judge, real, fake, labels, stream)
            total = total_loss([loss, *terms, *self.discriminator.losses])
            total = self.discriminator_optimizer.scale_loss(total)
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(total, variables)
        apply_gradients(self.discriminator_optimizer, gradients, variables)
        return judged[0], {"d_loss": loss, **mean_probabilities(*judged)}

    def _generator_update(
        self, judge: Judge, real: Tensor, judged: Outputs, labels: Tensor | None
    ) -> Tensor:
        """Descends G's side of the game once, on fresh noise; returns its loss.

        Args:
            judge: What D makes of images in this step.
            real: The data of the last minibatch.
            judged: What D makes of them.
            labels: Their labels, which the samples get too.
        """
        z = self._noise(tf.shape(real)[0], self.discriminator_steps, self.step)
        (z,) = self._after_updates(self.discriminator, z)
        with tf.GradientTape() as tape:
            fake = self._generated(z, labels, training=True)
            loss = self._loss("generator_loss", judged, judge(fake, labels), labels)
            total = total_loss([loss, *self.generator.losses])
            total = self.generator_optimizer.scale_loss(total)
        variables = self.generator.trainable_variables
        gradients = tape.gradient(total, variables)
        apply_gradients(self.generator_optimizer, gradients, variables)
        return loss

    def _loss(
        self, side: str, real: Outputs, fake: Outputs, labels: Tensor | None
    ) -> Tensor:
        """What one player minimises: a method of the loss, by its name."""
        method = getattr(self.adversarial_loss, side)
        if getattr(self.adversarial_loss, "needs_class_logits", False):
            return method(real, fake, labels)
        return method(real, fake)

    def _penalty_terms(
        self,
        judge: Judge,
        real: Tensor,
        fake: Tensor,
        labels: Tensor | None,
        stream: int,
    ) -> list[Tensor]:
        """The penalties of one discriminator update."""

        def logits_of(images: Tensor) -> Tensor:
            return logits_in(judge(images, labels))

        terms = []
        for number, penalty in enumerate(self.penalties):
            drawn = {}
            if getattr(penalty, "needs_uniform", False):
                key = self._key(_PENALTY_STREAM + stream * 64 + number, self.step)
                drawn["uniform"] = self._uniform(tf.shape(real)[0], key)
            terms.append(penalty(logits_of, real, fake, **drawn))
        return terms

    def _uniform(self, rows: Tensor, key: Tensor) -> Tensor:
        """A number in (0, 1) for each image, one for all images of a pack."""
        pack = self._interface.pack
        rows = rows if pack == 1 else rows // pack
        uniform = rows_of_replica(lambda rows: keyed_uniforms(rows, 1, key)[:, 0], rows)
        uniform = tf.cast(uniform, tf.float32)
        return uniform if pack == 1 else tf.repeat(uniform, pack)

    def _adapt(self, real_logits: list[Tensor], images: Tensor) -> None:
        """Lets the augmentation follow what D made of the data in this step."""
        # Its sums over replicas wait until those of both networks' updates are done.
        (logits,) = self._after_updates(self.generator, tf.concat(real_logits, axis=0))
        self.augment.adapt(logits, tf.shape(images)[0])

    def _after_updates(self, network: keras.Model, *tensors: Tensor) -> list[Tensor]:
        """The tensors, but not before pending updates of the network are done."""
        return [after(network.trainable_variables, tensor) for tensor in tensors]

    def _random_layers(self, augment: Any) -> list[keras.layers.Layer]:
        """The layers that may draw random numbers during a training step."""
        layers = [self.generator, self.discriminator]
        if isinstance(augment, keras.layers.Layer):
            layers.append(augment)
        return layers

    def _update_ema(self) -> None:
        """Moves the average towards the generator, faster in the first steps."""
        step = tf.cast(self.step, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + step) / (10.0 + step))
        averages = self.ema_generator.variables
        for average, variable in zip(averages, self.generator.variables, strict=True):
            if average.dtype.startswith(("float", "bfloat")):
                keep = tf.cast(decay, average.dtype)
                average.assign(keep * average + (1 - keep) * variable)
            else:
                average.assign(variable)

    def _generated(self, z: Tensor, labels: Tensor | None, *, training: bool) -> Tensor:
        """G's images in float32, as the data are, whatever G computes in."""
        images = self.generator(self._inputs(z, labels), training=training)
        return tf.cast(images, tf.float32)

    def _judge(self) -> Judge:
        """D as this training step asks it."""
        show = tf.identity
        if self.augment is not None:
            show = AugmentedStep(self.augment, self.seed, self.step)
        return Judge(
            functools.partial(self._outputs, training=True),
            show,
            # XLA computes one pass over both in nearly twice the time of two.
            row_wise=not self.jit_compile and is_row_wise(self.discriminator),
        )

    def _outputs(
        self, images: Tensor, labels: Tensor | None, *, training: bool
    ) -> Outputs:
        """What D makes of images as they are."""
        if not self._interface.takes_labels:
            labels = None
        outputs = self.discriminator(self._inputs(images, labels), training=training)
        return outputs_of(outputs)

    def _noise(self, rows: Tensor, stream: int, position: Tensor) -> Tensor:
        """Latents that depend on the seed, the stream, the position and the row."""
        key = self._key(stream, position)
        return rows_of_replica(
            lambda rows: self.prior.noise(rows, self.latent_dim, key), rows
        )

    def _key(self, stream: int, position: Tensor) -> Tensor:
        return tf.stack([self.seed + stream * 2**32, tf.cast(position, tf.int64)])

    def _inputs(self, tensor: Tensor, labels: Tensor | None) -> Tensor:
        return join([tensor] if labels is None else [tensor, labels])

    def _unpack(self, data: Any) -> tuple[Tensor, Tensor | None]:
        """Images as float32, and labels `(B,)` int32 where they are used."""
        images, labels = unpack(data)
        if self.num_classes is None:
            labels = None
        elif labels is None:
            raise InputError(f"`num_classes={self.num_classes}` needs labels.")
        else:
            labels = tf.cast(tf.reshape(labels, (-1,)), tf.int32)
        return tf.cast(images, tf.float32), labels


def total_loss(terms: list[Tensor]) -> Tensor:
    """This replica's share of a sum of losses, some perhaps of half precision."""
    return shared_loss(tf.add_n([tf.cast(term, tf.float32) for term in terms]))
