"""Training loops in Keras and TensorFlow: the package's, and typical ones of users."""

import math

import keras
import tensorflow as tf
from workloads import ADAM, SGD

from keras_gan import GAN, architectures, layers, losses


def networks(work):
    """Returns the networks of a workload: the package's, or a user's own."""
    if work.architecture == "keras_io":
        return keras_io(work)
    return architectures.build(
        work.architecture,
        image_shape=work.image_shape,
        latent_dim=work.latent_dim,
        **work.options,
    )


def keras_io(work):
    """Returns the networks of the DCGAN on keras.io, a user's own Keras layers."""
    width = work.options["width"]
    initial = (work.image_shape[0] // 8, work.image_shape[1] // 8, 2 * width)
    scaled = {"kernel_size": 4, "strides": 2, "padding": "same"}
    generator = [
        keras.Input((work.latent_dim,)),
        keras.layers.Dense(math.prod(initial)),
        keras.layers.Reshape(initial),
    ]
    for filters in (2 * width, 4 * width, 8 * width):
        generator.append(keras.layers.Conv2DTranspose(filters, **scaled))
        generator.append(keras.layers.LeakyReLU(0.2))
    channels = work.image_shape[-1]
    generator.append(
        keras.layers.Conv2D(channels, 5, padding="same", activation="tanh")
    )
    discriminator = [keras.Input(work.image_shape)]
    for filters in (width, 2 * width, 2 * width):
        discriminator.append(keras.layers.Conv2D(filters, **scaled))
        discriminator.append(keras.layers.LeakyReLU(0.2))
    discriminator += [
        keras.layers.Flatten(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1),
    ]
    return keras.Sequential(generator), keras.Sequential(discriminator)


def stock_networks(work):
    """Returns the same networks, made of Keras's own layers where Keras has them."""
    return [
        keras.models.clone_model(network, clone_function=stock_layer)
        for network in networks(work)
    ]


def stock_layer(layer):
    """Returns Keras's counterpart of a layer of the package."""
    wrapped = isinstance(layer, layers.SpectralNormalization)
    inner = layer.layer if wrapped else layer
    for own in ("BatchNormalization", "ImageConv2D", "ImageConv2DTranspose"):
        if type(inner) is getattr(layers, own):
            stock = getattr(keras.layers, own.removeprefix("Image"))
            return stock.from_config(inner.get_config())
    if isinstance(inner, layers.Upsample):
        return keras.layers.UpSampling2D(inner.factor)
    if not isinstance(inner, (layers.PoolingConv2D, layers.UpsamplingConv2D)):
        return type(layer).from_config(layer.get_config())
    convolution = keras.layers.Conv2D(
        inner.filters,
        inner.kernel_size,
        padding="same",
        use_bias=inner.use_bias,
        kernel_initializer=inner.kernel_initializer,
    )
    parts = [layers.SpectralNormalization(convolution) if wrapped else convolution]
    if isinstance(inner, layers.PoolingConv2D):
        parts.append(keras.layers.AveragePooling2D(2))
    else:
        parts.insert(0, keras.layers.UpSampling2D(2))
    return keras.Sequential(parts)


def optimizer(work):
    if work.optimizer == "sgd":
        return keras.optimizers.SGD(**SGD)
    return keras.optimizers.Adam(**ADAM)


class Turns(keras.callbacks.Callback):
    """Waits for the first turn when everything is built."""

    def __init__(self, pacer):
        super().__init__()
        self.pacer = pacer

    def on_train_begin(self, logs=None):
        self.pacer.begin()


class Steps(Turns):
    """Reports each batch to the pacer; stock `fit` then does one batch at a time."""

    def on_train_batch_end(self, batch, logs=None):
        self.pacer.step()


class Epochs(Turns):
    """Reports each epoch to the pacer, so that `fit` may do several steps at a time."""

    def __init__(self, pacer, steps):
        super().__init__(pacer)
        self.steps = steps

    def on_epoch_end(self, epoch, logs=None):
        self.pacer.step(self.steps)


def compiled_gan(work, **options):
    """Returns a compiled GAN of the package."""
    gan = GAN(*networks(work), seed=0)
    gan.compile(
        optimizer(work),
        optimizer(work),
        loss=work.loss,
        discriminator_steps=work.discriminator_steps,
        **options,
    )
    return gan


def keras_gan_fit(work, pacer, **options):
    """Trains with `GAN.fit` on an array."""
    compiled_gan(work, **options).fit(
        work.images(),
        batch_size=work.batch_size * work.discriminator_steps,
        epochs=10**6,
        steps_per_epoch=work.steps,
        verbose=0,
        callbacks=[Epochs(pacer, work.steps)],
    )


def keras_gan_simultaneous(work, pacer):
    """Trains with `GAN.fit` and both updates from one pass of each network."""
    keras_gan_fit(work, pacer, simultaneous=True)


def keras_gan_bfloat16(work, pacer):
    """Trains with `GAN.fit` and layers that compute in bfloat16."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras_gan_fit(work, pacer)


class KerasExample(keras.Model):
    """A GAN written like the examples on keras.io: two tapes in `train_step`."""

    def __init__(self, work):
        super().__init__()
        self.generator, self.discriminator = stock_networks(work)
        self.latent_dim = work.latent_dim
        self.updates = work.discriminator_steps
        self.adversarial_loss = losses.get(work.loss)
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, images):
        rows = tf.shape(images)[0] // self.updates
        for number in range(self.updates):
            real = images[number * rows : (number + 1) * rows]
            fake = self.generator(self.noise(rows), training=True)
            with tf.GradientTape() as tape:
                real_logits = self.discriminator(real, training=True)[:, 0]
                fake_logits = self.discriminator(fake, training=True)[:, 0]
                d_loss = self.adversarial_loss.discriminator_loss(
                    real_logits, fake_logits
                )
            weights = self.discriminator.trainable_weights
            gradients = tape.gradient(d_loss, weights)
            self.d_optimizer.apply_gradients(zip(gradients, weights, strict=True))
        with tf.GradientTape() as tape:
            fake = self.generator(self.noise(rows), training=True)
            fake_logits = self.discriminator(fake, training=True)[:, 0]
            g_loss = self.adversarial_loss.generator_loss(real_logits, fake_logits)
        weights = self.generator.trainable_weights
        gradients = tape.gradient(g_loss, weights)
        self.g_optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {metric.name: metric.result() for metric in self.metrics}

    def noise(self, rows):
        return tf.random.normal((rows, self.latent_dim))


def batches(work):
    """Returns the data as the examples prepare them."""
    images = tf.data.Dataset.from_tensor_slices(work.images())
    size = work.batch_size * work.discriminator_steps
    images = images.shuffle(1024).batch(size, drop_remainder=True)
    return images.prefetch(tf.data.AUTOTUNE)


def keras_example_fit(work, pacer):
    """Trains the keras.io pattern with stock `fit`."""
    model = KerasExample(work)
    model.compile(optimizer(work), optimizer(work))
    model.fit(batches(work), epochs=10**6, verbose=0, callbacks=[Steps(pacer)])


def tensorflow_tutorial(work, pacer):
    """Trains as in TensorFlow's tutorial: a `tf.function`, both tapes over one pass."""
    generator, discriminator = stock_networks(work)
    g_optimizer, d_optimizer = optimizer(work), optimizer(work)
    loss = losses.get(work.loss)

    @tf.function
    def train_step(images):
        noise = tf.random.normal((work.batch_size, work.latent_dim))
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake = generator(noise, training=True)
            real_logits = discriminator(images, training=True)[:, 0]
            fake_logits = discriminator(fake, training=True)[:, 0]
            g_loss = loss.generator_loss(real_logits, fake_logits)
            d_loss = loss.discriminator_loss(real_logits, fake_logits)
        for model, tape, value, rule in (
            (generator, g_tape, g_loss, g_optimizer),
            (discriminator, d_tape, d_loss, d_optimizer),
        ):
            gradients = tape.gradient(value, model.trainable_variables)
            rule.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    data = batches(work)
    pacer.begin()
    while True:
        for images in data:
            train_step(images)
            pacer.step()
