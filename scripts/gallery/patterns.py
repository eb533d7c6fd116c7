"""Networks and training steps after two examples of keras.io, written anew.

Source: F. Chollet, "DCGAN to generate face images", 2019; A. Béres, "Data-efficient
GANs with Adaptive Discriminator Augmentation", 2021; both on keras.io.
"""

import keras
import tensorflow as tf

layers = keras.layers
BINARY = keras.losses.BinaryCrossentropy(from_logits=True)


class Pattern(keras.Model):
    """The parts that both examples share: two networks and a sampler."""

    latent_dim = 128
    batch_size = 32

    def __init__(self, image_shape):
        super().__init__()
        self.generator = self.make_generator(image_shape)
        self.discriminator = self.make_discriminator(image_shape)

    def compile(self, rate, **adam):
        super().compile()
        self.g_optimizer = keras.optimizers.Adam(rate, **adam)
        self.d_optimizer = keras.optimizers.Adam(rate, **adam)

    def latents(self, count, seed=None):
        if seed is None:
            return tf.random.normal((count, self.latent_dim))
        return tf.random.stateless_normal((count, self.latent_dim), (seed, 0))

    def sampler(self):
        return self.generator

    def sample(self, count, seed=0):
        """Returns images in [0, 1], in parts that fit into memory."""
        z = self.latents(count, seed)
        parts = [self.sampler()(part, training=False) for part in tf.split(z, 20)]
        return tf.concat(parts, axis=0).numpy()

    def descend(self, tape, loss, network, optimizer):
        gradients = tape.gradient(loss, network.trainable_weights)
        pairs = zip(gradients, network.trainable_weights, strict=True)
        optimizer.apply_gradients(pairs)


class FaceDCGAN(Pattern):
    """The DCGAN for faces: labels with noise, dropout, Adam at 1e-4."""

    def __init__(self, image_shape):
        super().__init__(image_shape)
        self.compile(1e-4)

    def make_discriminator(self, image_shape):
        rows = [layers.Input(image_shape)]
        for filters in (64, 128, 128):
            rows += [layers.Conv2D(filters, 4, 2, "same"), layers.LeakyReLU(0.2)]
        return keras.Sequential(
            [*rows, layers.Flatten(), layers.Dropout(0.2), layers.Dense(1)]
        )

    def make_generator(self, image_shape):
        height, width, channels = image_shape
        rows = [
            layers.Input((self.latent_dim,)),
            layers.Dense(height // 8 * (width // 8) * 128),
            layers.Reshape((height // 8, width // 8, 128)),
        ]
        for filters in (128, 256, 512):
            rows += [
                layers.Conv2DTranspose(filters, 4, 2, "same"),
                layers.LeakyReLU(0.2),
            ]
        last = layers.Conv2D(channels, 5, padding="same", activation="sigmoid")
        return keras.Sequential([*rows, last])

    def train_step(self, real):
        count = tf.shape(real)[0]
        fake = self.generator(self.latents(count), training=True)
        both = tf.concat([fake, real], axis=0)
        is_fake = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        is_fake += 0.05 * tf.random.uniform(tf.shape(is_fake))
        with tf.GradientTape() as tape:
            d_loss = BINARY(is_fake, self.discriminator(both, training=True))
        self.descend(tape, d_loss, self.discriminator, self.d_optimizer)
        with tf.GradientTape() as tape:
            fake = self.generator(self.latents(count), training=True)
            judged = self.discriminator(fake, training=True)
            g_loss = BINARY(tf.zeros((count, 1)), judged)
        self.descend(tape, g_loss, self.generator, self.g_optimizer)
        return {"d_loss": d_loss, "g_loss": g_loss}


class AdaptiveDCGAN(Pattern):
    """The DCGAN with adaptive augmentation, of 128 filters, and a moving average."""

    latent_dim = 64
    batch_size = 128

    def __init__(self, image_shape):
        super().__init__(image_shape)
        self.average = keras.models.clone_model(self.generator)
        self.average.set_weights(self.generator.get_weights())
        self.probability = self.add_weight(name="probability", initializer="zeros")
        self.changes = keras.Sequential(
            [
                layers.RandomFlip("horizontal"),
                layers.RandomTranslation(0.125, 0.125, interpolation="nearest"),
                layers.RandomRotation(0.125),
                layers.RandomZoom((-0.25, 0.0), (-0.25, 0.0)),
            ]
        )
        self.compile(2e-4, beta_1=0.5)

    def make_discriminator(self, image_shape):
        rows = [layers.Input(image_shape)]
        for _ in range(4):
            rows += [
                layers.Conv2D(128, 4, 2, "same", use_bias=False),
                layers.BatchNormalization(scale=False),
                layers.LeakyReLU(0.2),
            ]
        return keras.Sequential(
            [*rows, layers.Flatten(), layers.Dropout(0.4), layers.Dense(1)]
        )

    def make_generator(self, image_shape):
        height, width, channels = image_shape
        rows = [
            layers.Input((self.latent_dim,)),
            layers.Dense(height // 16 * (width // 16) * 128, use_bias=False),
            layers.BatchNormalization(scale=False),
            layers.ReLU(),
            layers.Reshape((height // 16, width // 16, 128)),
        ]
        for _ in range(3):
            rows += [
                layers.Conv2DTranspose(128, 4, 2, "same", use_bias=False),
                layers.BatchNormalization(scale=False),
                layers.ReLU(),
            ]
        last = layers.Conv2DTranspose(channels, 4, 2, "same", activation="sigmoid")
        return keras.Sequential([*rows, last])

    def sampler(self):
        return self.average

    def changed(self, images):
        drawn = tf.random.uniform((tf.shape(images)[0], 1, 1, 1))
        changed = self.changes(images, training=True)
        return tf.where(drawn < self.probability, changed, images)

    def train_step(self, real):
        count = tf.shape(real)[0]
        real = self.changed(real)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(self.latents(count), training=True)
            fake = self.changed(fake)
            on_real = self.discriminator(real, training=True)
            on_fake = self.discriminator(fake, training=True)
            g_loss = BINARY(tf.ones_like(on_fake), on_fake)
            d_loss = BINARY(tf.ones_like(on_real), on_real)
            d_loss += BINARY(tf.zeros_like(on_fake), on_fake)
        self.descend(tape, d_loss, self.discriminator, self.d_optimizer)
        self.descend(tape, g_loss, self.generator, self.g_optimizer)
        accuracy = tf.reduce_mean(0.5 * (1.0 + tf.sign(on_real)))
        moved = self.probability + (accuracy - 0.8) / 1000
        self.probability.assign(tf.clip_by_value(moved, 0.0, 1.0))
        for mine, new in zip(self.average.weights, self.generator.weights, strict=True):
            mine.assign(0.99 * mine + 0.01 * new)
        return {"d_loss": d_loss, "g_loss": g_loss, "p": self.probability}


PATTERNS = {"dcgan": FaceDCGAN, "adaptive": AdaptiveDCGAN}
