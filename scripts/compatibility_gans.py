"""Small GANs in whose files each registered class of keras_gan occurs.

For `make_compatibility_fixtures.py`, whose files older versions wrote of these.
"""

import keras

import keras_gan
from keras_gan import augmentation, layers, losses
from keras_gan.losses import penalties
from keras_gan.training import MomentumSGD

CLASSES, LATENT_DIM = 3, 4


def sgd():
    return keras.optimizers.SGD(0.05)


def momentum():
    rise = keras.optimizers.schedules.PolynomialDecay(0.5, 100, 0.7)
    return MomentumSGD(0.05, momentum=rise)


def adam():
    return keras.optimizers.Adam(0.01, beta_1=0.5)


def build(name, shape=(8, 8, 1), num_classes=None, value_range=(-1.0, 1.0), **options):
    return keras_gan.architectures.build(
        name,
        image_shape=shape,
        latent_dim=LATENT_DIM,
        num_classes=num_classes,
        value_range=value_range,
        **options,
    )


def packed_networks():
    """A generator, and a discriminator of pairs."""
    generator, _ = build("mlp", generator_units=[4], discriminator_units=[4])
    pairs = keras.Input((8, 8, 2))
    logits = keras.layers.Dense(1)(keras.layers.Flatten()(pairs))
    return generator, layers.PackedDiscriminator(keras.Model(pairs, logits), 2)


def classifier_networks():
    """A generator that takes labels, and a discriminator that names them."""
    generator, _ = build(
        "mlp", num_classes=CLASSES, generator_units=[4], discriminator_units=[4]
    )
    images = keras.Input((8, 8, 1))
    features = keras.layers.Dense(2)(keras.layers.Flatten()(images))
    outputs = [keras.layers.Dense(size)(features) for size in (1, CLASSES)]
    return generator, keras.Model(images, outputs)


def in_half_precision(make):
    """What a function makes that computes in float16 and keeps float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return make()
    finally:
        keras.config.set_dtype_policy(before)


def other_networks():
    """Networks of the layers that no small architecture above has."""
    latents = keras.Input((LATENT_DIM,))
    x = layers.SpatialBasis2D(2, 2)(latents)
    x = layers.GroupedConv2D(4, 3, groups=2)(x)
    x = layers.UpsamplingConv2D(2, 3)(layers.BatchNormalization()(x))
    x = layers.Upsample()(x)
    x = layers.ImageConv2DTranspose(1, 3, 1, "same", activation="tanh")(x)
    images = keras.Input((8, 8, 1))
    y = layers.ImageConv2D(2, 3, 1, "same")(images)
    y = layers.SpectralNormalization(layers.PoolingConv2D(2, 3))(y)
    y = layers.LowPassDownsampling2D()(layers.SelfAttention()(y))
    y = layers.MaxoutConv2D(2, pieces=2, kernel_size=1)(y)
    y = keras.layers.Flatten()(layers.MinibatchStandardDeviation()(y))
    return keras.Model(latents, x), keras.Model(images, keras.layers.Dense(1)(y))


# From a name to the networks, the arguments of the GAN and those of its `compile`. The
# optimizers that keep much go with the networks that have little.
GANS = {
    "dcgan": lambda: (
        build(
            "dcgan",
            num_classes=CLASSES,
            generator_filters=4,
            discriminator_filters=2,
            class_features=4,
        ),
        {"num_classes": CLASSES},
        {
            "loss": "hinge",
            "augment": augmentation.DiffAugment(),
            "ema_decay": 0.9,
        },
    ),
    "goodfellow_conv": lambda: (
        build(
            "goodfellow_conv",
            value_range=(0.0, 1.0),
            generator_units=8,
            generator_filters=4,
            discriminator_filters=[2, 2, 2],
            discriminator_units=4,
            pieces=2,
        ),
        {"prior": "uniform", "value_range": (0.0, 1.0)},
        {"loss": "minimax", "discriminator_steps": 2},
    ),
    "goodfellow_mlp": lambda: (
        build(
            "goodfellow_mlp",
            num_classes=CLASSES,
            generator_units=4,
            discriminator_units=4,
            pieces=2,
            label_features=3,
        ),
        {"prior": "uniform", "num_classes": CLASSES},
        {"simultaneous": True},
    ),
    "mlp": lambda: (
        build("mlp", generator_units=[4], discriminator_units=[4], activation="silu"),
        {"prior": "sphere"},
        {
            "optimizer": adam,
            "augment": augmentation.AdaptiveAugment(
                target=-0.99, ramp_images=40, interval=1
            ),
            "ema_decay": 0.9,
        },
    ),
    "points": lambda: (
        build(
            "mlp",
            shape=(2,),
            value_range=None,
            generator_units=[4],
            discriminator_units=[4],
            generator_batch_normalization=True,
            discriminator_frequencies=[1.0, 2.0],
        ),
        {"value_range": None},
        {"loss": "wasserstein", "penalties": [penalties.GradientPenalty()]},
    ),
    "r3gan": lambda: (
        build(
            "r3gan",
            num_classes=CLASSES,
            generator_filters=4,
            discriminator_filters=4,
            blocks_per_stage=1,
            cardinality=2,
            class_features=4,
        ),
        {"num_classes": CLASSES},
        {"loss": "relativistic", "penalties": [penalties.R1(0.5), penalties.R2(0.5)]},
    ),
    "sagan": lambda: (
        build("sagan", generator_filters=4, discriminator_filters=4),
        {},
        {
            "loss": "relativistic_average",
            "augment": augmentation.InstanceNoise(0.3, decay_steps=6),
        },
    ),
    "sngan_resnet": lambda: (
        build(
            "sngan_resnet",
            num_classes=CLASSES,
            generator_filters=4,
            discriminator_filters=4,
        ),
        {"num_classes": CLASSES},
        {"loss": "hinge"},
    ),
    "classifier": lambda: (
        classifier_networks(),
        {"num_classes": CLASSES},
        {"loss": losses.AuxiliaryClassifier("least_squares", weight=0.5)},
    ),
    "half_precision": lambda: (
        in_half_precision(
            lambda: build("mlp", generator_units=[4], discriminator_units=[4])
        ),
        {},
        {"penalties": [penalties.R1(0.5)]},
    ),
    "packed": lambda: (
        packed_networks(),
        {},
        {"loss": "least_squares", "optimizer": momentum},
    ),
    "other_layers": lambda: (other_networks(), {}, {"loss": "minimax"}),
}


def make_gan(name):
    keras.utils.set_random_seed(0)
    networks, arguments, options = GANS[name]()
    gan = keras_gan.GAN(*networks, seed=3, **arguments)
    optimizer = options.pop("optimizer", sgd)
    # Eagerly, so that neither this program nor the test compiles a dozen graphs.
    gan.compile(optimizer(), optimizer(), run_eagerly=True, **options)
    return gan
