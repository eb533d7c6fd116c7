"""Algorithm 1: k updates of the discriminator, one of the generator."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.losses import AdversarialLoss
from keras_gan.priors import Prior
from keras_gan.training._batches import check_batch_size, unpack
from keras_gan.training._keyed_seeds import keyed_seeds
from keras_gan.training._networks import join
from keras_gan.training._replicas import after, noise_of_replica, shared_loss

# Evaluation draws noise from a stream that no training step uses.
_EVALUATION_STREAM = 2**20


class AlternatingUpdates:
    """The `train_step` and `test_step` of a GAN, whose attributes they use."""

    generator: keras.Model
    discriminator: keras.Model
    generator_optimizer: keras.optimizers.Optimizer
    discriminator_optimizer: keras.optimizers.Optimizer
    adversarial_loss: AdversarialLoss
    discriminator_steps: int
    penalties: tuple[Any, ...]
    augment: Any
    ema_generator: Any
    ema_decay: Any
    prior: Prior
    latent_dim: int
    num_classes: int | None
    seed: int
    step: Any
    _trackers: dict[str, keras.metrics.Mean]

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """Does k discriminator updates and one generator update on one batch."""
        images, labels = self._unpack(data)
        k = self.discriminator_steps
        check_batch_size(images, k)
        with keyed_seeds(self._random_layers(), self.seed, self.step):
            for j in range(k):
                # The cut is strided, so that it commutes with sharding over replicas.
                real = images[j::k]
                label = None if labels is None else labels[j::k]
                real_logits = self._discriminator_update(real, label, stream=j)
            self._generator_update(real_logits, label, stream=k)
        if self.ema_decay is not None:
            self._update_ema()
        self.step.assign_add(1)
        return self._logs()

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Computes the logs on one batch without touching any weight."""
        images, labels = self._unpack(data)
        # The tracker counts the batches of this evaluation: the position of the noise.
        position = tf.cast(self._trackers["d_loss"].count, tf.int64)
        z = self._noise(tf.shape(images)[0], _EVALUATION_STREAM, position)
        fake = self.generator(self._inputs(z, labels), training=False)
        real_logits = self._logits(images, labels, training=False)
        fake_logits = self._logits(fake, labels, training=False)
        loss = self.adversarial_loss
        self._track(
            d_loss=loss.discriminator_loss(real_logits, fake_logits),
            g_loss=loss.generator_loss(real_logits, fake_logits),
            d_real=tf.sigmoid(real_logits),
            d_fake=tf.sigmoid(fake_logits),
        )
        return self._logs()

    def _discriminator_update(
        self, real: Tensor, labels: Tensor | None, stream: int
    ) -> Tensor:
        """Ascends D's side of the value function once; returns D's logits on data."""
        z = self._noise(tf.shape(real)[0], stream, self.step)
        if stream:
            real, z = (
                after(self.discriminator.trainable_variables, x) for x in (real, z)
            )
        fake = self.generator(self._inputs(z, labels), training=True)

        def logits_of(images: Tensor) -> Tensor:
            return self._logits(images, labels, training=True)

        with tf.GradientTape() as tape:
            real_logits, fake_logits = logits_of(real), logits_of(fake)
            loss = self.adversarial_loss.discriminator_loss(real_logits, fake_logits)
            terms = [penalty(logits_of, real, fake) for penalty in self.penalties]
            total = tf.add_n([loss, *terms, *self.discriminator.losses])
            total = self.discriminator_optimizer.scale_loss(shared_loss(total))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(total, variables), variables)
        self._track(
            d_loss=loss,
            d_real=tf.sigmoid(real_logits),
            d_fake=tf.sigmoid(fake_logits),
        )
        return real_logits

    def _generator_update(
        self, real_logits: Tensor, labels: Tensor | None, stream: int
    ) -> None:
        """Descends G's side of the game once, on fresh noise."""
        z = self._noise(tf.shape(real_logits)[0], stream, self.step)
        z = after(self.discriminator.trainable_variables, z)
        with tf.GradientTape() as tape:
            fake = self.generator(self._inputs(z, labels), training=True)
            fake_logits = self._logits(fake, labels, training=True)
            loss = self.adversarial_loss.generator_loss(real_logits, fake_logits)
            total = tf.add_n([loss, *self.generator.losses])
            total = self.generator_optimizer.scale_loss(shared_loss(total))
        variables = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(total, variables), variables)
        self._track(g_loss=loss)

    def _random_layers(self) -> list[keras.layers.Layer]:
        """The layers that may draw random numbers during a training step."""
        layers = [self.generator, self.discriminator]
        if isinstance(self.augment, keras.layers.Layer):
            layers.append(self.augment)
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

    def _logits(
        self, images: Tensor, labels: Tensor | None, *, training: bool
    ) -> Tensor:
        """D's logit of each image, `(B,)` float32."""
        if self.augment is not None:
            images = self.augment(images)
        logits = self.discriminator(self._inputs(images, labels), training=training)
        logits = tf.cast(logits, tf.float32)
        return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)

    def _noise(self, batch_size: Tensor, stream: int, position: Tensor) -> Tensor:
        """Latents that depend on the seed, the stream, the position and the row."""
        key = tf.stack([self.seed + stream * 2**32, tf.cast(position, tf.int64)])
        return noise_of_replica(self.prior, batch_size, self.latent_dim, key)

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

    def _track(self, **values: Tensor) -> None:
        for name, value in values.items():
            self._trackers[name].update_state(tf.reduce_mean(value))

    def _logs(self) -> dict[str, Tensor]:
        return {name: tracker.result() for name, tracker in self._trackers.items()}
