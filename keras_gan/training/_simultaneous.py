"""Both updates at once, from the same samples, as an alternative to Algorithm 1."""

from __future__ import annotations

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.training._algorithm1 import AlternatingUpdates, Update, total_loss
from keras_gan.training._judgement import Judge, mean_probabilities
from keras_gan.training._optimizers import apply_gradients


class Updates(AlternatingUpdates):
    """Algorithm 1, or simultaneous updates where `simultaneous` says so."""

    simultaneous: bool

    def _updates(
        self, judge: Judge, images: Tensor, labels: Tensor | None
    ) -> tuple[list[Update], Tensor]:
        if not self.simultaneous:
            return super()._updates(judge, images, labels)
        z = self._noise(tf.shape(images)[0], 0, self.step)
        with tf.GradientTape(persistent=True) as tape:
            fake = self._generated(z, labels, training=True)
            judged = judge(images, labels), judge(fake, labels)
            d_loss = self._loss("discriminator_loss", *judged, labels)
            g_loss = self._loss("generator_loss", *judged, labels)
            constant = tf.stop_gradient(fake)
            terms = self._penalty_terms(judge, images, constant, labels, 0)
            d_total = total_loss([d_loss, *terms, *self.discriminator.losses])
            d_total = self.discriminator_optimizer.scale_loss(d_total)
            g_total = total_loss([g_loss, *self.generator.losses])
            g_total = self.generator_optimizer.scale_loss(g_total)
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        # Both before either network changes.
        d_gradients = tape.gradient(d_total, d_variables)
        g_gradients = tape.gradient(g_total, g_variables)
        apply_gradients(self.discriminator_optimizer, d_gradients, d_variables)
        g_gradients = [
            None
            if gradient is None
            else self._after_updates(self.discriminator, gradient)[0]
            for gradient in g_gradients
        ]
        apply_gradients(self.generator_optimizer, g_gradients, g_variables)
        logs = {"d_loss": d_loss, **mean_probabilities(*judged)}
        return [(judged[0], logs)], g_loss
