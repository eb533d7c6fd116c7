"""Algorithm 1: k updates of the discriminator, one of the generator."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._philox import keyed_uniforms
from keras_gan._typing import Tensor
from keras_gan.losses import AdversarialLoss
from keras_gan.priors import Prior
from keras_gan.training._batches import check_batch_size, unpack
from keras_gan.training._keyed_seeds import keyed_seeds
from keras_gan.training._networks import join
from keras_gan.training._optimizers import apply_gradients
from keras_gan.training._replicas import after, rows_of_replica, shared_loss
from keras_gan.training._running_means import RunningMeans

# Streams of random numbers: 0 to k are the noise of a training step's updates, those
# from 2^21 on belong to random layers.
_PENALTY_STREAM = 2**19
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
    test_means: RunningMeans

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """Does k discriminator updates and one generator update on one batch."""
        images, labels = self._unpack(data)
        k = self.discriminator_steps
        check_batch_size(images, k)
        with keyed_seeds(self._random_layers(), self.seed, self.step):
            logs = []
            for j in range(k):
                # The cut is strided, so that it commutes with sharding over replicas.
                real = images[j::k]
                label = None if labels is None else labels[j::k]
                real_logits, log = self._discriminator_update(real, label, stream=j)
                logs.append(log)
            if getattr(self.adversarial_loss, "generator_needs_real_logits", True):
                # Of the same D as the logits of the samples that they are compared to.
                (real,) = self._after_updates(self.discriminator, real)
                real_logits = self._logits(real, label, training=True)
            g_loss = self._generator_update(real_logits, label, stream=k)
        if self.ema_decay is not None:
            self._update_ema()
        self.step.assign_add(1)
        means = {name: tf.add_n([log[name] for log in logs]) / k for name in logs[0]}
        values = self._after_updates(self.generator, g_loss, *means.values())
        return dict(zip(("g_loss", *means), values, strict=True))

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Computes the logs on one batch without touching any weight."""
        images, labels = self._unpack(data)
        # The batches of this evaluation so far are the position of the noise.
        position = tf.convert_to_tensor(self.test_means.count)
        z = self._noise(tf.shape(images)[0], _EVALUATION_STREAM, position)
        fake = self._generated(z, labels, training=False)
        real_logits = self._logits(images, labels, training=False)
        fake_logits = self._logits(fake, labels, training=False)
        loss = self.adversarial_loss
        return {
            "d_loss": loss.discriminator_loss(real_logits, fake_logits),
            "g_loss": loss.generator_loss(real_logits, fake_logits),
            **_mean_outputs(real_logits, fake_logits),
        }

    def _discriminator_update(
        self, real: Tensor, labels: Tensor | None, stream: int
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Ascends D's side of the value function once.

        Returns:
            D's logits on data, and the logs.
        """
        z = self._noise(tf.shape(real)[0], stream, self.step)
        if stream:
            real, z = self._after_updates(self.discriminator, real, z)
        fake = self._generated(z, labels, training=True)

        def logits_of(images: Tensor) -> Tensor:
            return self._logits(images, labels, training=True)

        with tf.GradientTape() as tape:
            real_logits, fake_logits = logits_of(real), logits_of(fake)
            loss = self.adversarial_loss.discriminator_loss(real_logits, fake_logits)
            terms = self._penalty_terms(logits_of, real, fake, stream)
            total = _total([loss, *terms, *self.discriminator.losses])
            total = self.discriminator_optimizer.scale_loss(total)
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(total, variables)
        apply_gradients(self.discriminator_optimizer, gradients, variables)
        return real_logits, {"d_loss": loss, **_mean_outputs(real_logits, fake_logits)}

    def _generator_update(
        self, real_logits: Tensor, labels: Tensor | None, stream: int
    ) -> Tensor:
        """Descends G's side of the game once, on fresh noise; returns its loss."""
        z = self._noise(tf.shape(real_logits)[0], stream, self.step)
        (z,) = self._after_updates(self.discriminator, z)
        with tf.GradientTape() as tape:
            fake = self._generated(z, labels, training=True)
            fake_logits = self._logits(fake, labels, training=True)
            loss = self.adversarial_loss.generator_loss(real_logits, fake_logits)
            total = _total([loss, *self.generator.losses])
            total = self.generator_optimizer.scale_loss(total)
        variables = self.generator.trainable_variables
        gradients = tape.gradient(total, variables)
        apply_gradients(self.generator_optimizer, gradients, variables)
        return loss

    def _penalty_terms(
        self, logits_of: Any, real: Tensor, fake: Tensor, stream: int
    ) -> list[Tensor]:
        """The penalties of one discriminator update."""
        terms = []
        for number, penalty in enumerate(self.penalties):
            drawn = {}
            if getattr(penalty, "needs_uniform", False):
                key = self._key(_PENALTY_STREAM + stream * 64 + number, self.step)
                rows = tf.shape(real)[0]
                uniform = rows_of_replica(
                    lambda rows, key=key: keyed_uniforms(rows, 1, key)[:, 0], rows
                )
                drawn["uniform"] = tf.cast(uniform, tf.float32)
            terms.append(penalty(logits_of, real, fake, **drawn))
        return terms

    def _after_updates(self, network: keras.Model, *tensors: Tensor) -> list[Tensor]:
        """The tensors, but not before pending updates of the network are done."""
        return [after(network.trainable_variables, tensor) for tensor in tensors]

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

    def _generated(self, z: Tensor, labels: Tensor | None, *, training: bool) -> Tensor:
        """G's images in float32, as the data are, whatever G computes in."""
        images = self.generator(self._inputs(z, labels), training=training)
        return tf.cast(images, tf.float32)

    def _logits(
        self, images: Tensor, labels: Tensor | None, *, training: bool
    ) -> Tensor:
        """D's logit of each image, `(B,)` float32."""
        if self.augment is not None:
            images = self.augment(images)
        logits = self.discriminator(self._inputs(images, labels), training=training)
        logits = tf.cast(logits, tf.float32)
        return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)

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


def _mean_outputs(real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """The means of D(x) and D(G(z)), which meet at 1/2 where the game ends."""
    return {
        "d_real": tf.reduce_mean(tf.sigmoid(real_logits)),
        "d_fake": tf.reduce_mean(tf.sigmoid(fake_logits)),
    }


def _total(terms: list[Tensor]) -> Tensor:
    """This replica's share of a sum of losses, some perhaps of half precision."""
    return shared_loss(tf.add_n([tf.cast(term, tf.float32) for term in terms]))
