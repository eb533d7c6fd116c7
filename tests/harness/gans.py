"""Builds the smallest GANs that serve a test."""

import keras

import keras_gan

layers = keras.layers


def dense_networks(
    image_shape=(2, 2, 1),
    *,
    latent_dim=3,
    units=(),
    activation="silu",
    output="tanh",
    normalized=False,
    dropout=0.0,
    num_classes=None,
    dtype=(None, None),
):
    """Returns a generator and a discriminator of dense layers.

    Smooth by default: where a unit has a kink, a rounding error can carry it to the
    other side, and trainings that should be equal differ by 1e-3.

    Args:
        image_shape: Of the images, or points.
        latent_dim: The length of the latents.
        units: Of the hidden layers, from the generator's latent, and backwards in the
            discriminator.
        activation: Of the hidden layers.
        output: The activation of the images.
        normalized: Whether the generator normalizes what its last layer takes, by
            Keras's layer if True, by the package's if "own".
        dropout: The rate before the logit, in a layer named "mask".
        num_classes: The number of classes, if both networks take labels.
        dtype: The policies of the generator and of the discriminator.
    """
    policy, judges = dtype
    size = 1
    for length in image_shape:
        size *= length
    inputs, x = _inputs((latent_dim,), num_classes, policy)
    for count in units:
        x = layers.Dense(count, activation, dtype=policy)(x)
    if normalized == "own":
        x = keras_gan.layers.BatchNormalization(dtype=policy)(x)
    elif normalized:
        x = layers.BatchNormalization(synchronized=True, dtype=policy)(x)
    x = layers.Dense(size, output, dtype=policy)(x)
    generator = keras.Model(inputs, layers.Reshape(image_shape, dtype=policy)(x))
    inputs, x = _inputs(image_shape, num_classes, judges)
    for count in reversed(units):
        x = layers.Dense(count, activation, dtype=judges)(x)
    if dropout:
        x = layers.Dropout(dropout, name="mask", dtype=judges)(x)
    return generator, keras.Model(inputs, layers.Dense(1, dtype=judges)(x))


def _inputs(shape, num_classes, dtype):
    """Returns the inputs of a network, and all of them in one vector."""
    examples = keras.Input(shape)
    x = layers.Flatten(dtype=dtype)(examples) if len(shape) > 1 else examples
    if num_classes is None:
        return examples, x
    labels = keras.Input((), dtype="int32")
    embedded = layers.Embedding(num_classes, 4, dtype=dtype)(labels)
    return [examples, labels], layers.Concatenate(dtype=dtype)([x, embedded])


def dense_gan(image_shape=(2, 2, 1), *, seed=1, num_classes=None, **options):
    """Returns a GAN of `dense_networks`, on images in [-1, 1]."""
    networks = dense_networks(image_shape, num_classes=num_classes, **options)
    return keras_gan.GAN(*networks, num_classes=num_classes, seed=seed)


def linear_gan(size=2, *, latent_dim=2, seed=3, value_range=None, **arguments):
    """Returns a GAN with G(z) = z·A + a and D(x) = x·b + c: gradients by hand."""
    return keras_gan.GAN(
        keras.Sequential([keras.Input((latent_dim,)), layers.Dense(size)]),
        keras.Sequential([keras.Input((size,)), layers.Dense(1)]),
        value_range=value_range,
        seed=seed,
        **arguments,
    )


def convolutional_networks(num_classes=None, latent_dim=4, **options):
    """Returns the networks of a DCGAN on grey images of 8×8."""
    features = {} if num_classes is None else {"class_features": 8}
    return keras_gan.architectures.build(
        "dcgan",
        image_shape=(8, 8, 1),
        latent_dim=latent_dim,
        num_classes=num_classes,
        **{"generator_filters": 4, "discriminator_filters": 2} | features | options,
    )


def convolutional_gan(*, num_classes=None, latent_dim=4, seed=1, **arguments):
    """Returns a DCGAN on images of 8×8, with every kind of state that we ship."""
    networks = convolutional_networks(num_classes, latent_dim)
    return keras_gan.GAN(*networks, num_classes=num_classes, seed=seed, **arguments)
