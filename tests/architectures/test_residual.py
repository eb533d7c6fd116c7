"""The residual architectures: their sizes, their parts, and a step of training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.replicas import largest_difference, one_device, two_replicas

from keras_gan import GAN, architectures
from keras_gan.layers import (
    ConditionalBatchNormalization,
    PoolingConv2D,
    ProjectionHead,
    SelfAttention,
    SpectralNormalization,
    Upsample,
    UpsamplingConv2D,
)

NAMES = ["sagan", "sngan_resnet"]
SMALL = {"generator_filters": 8, "discriminator_filters": 8}


def build(name, shape, **options):
    settings = {"latent_dim": 4, **SMALL, **options}
    return architectures.build(name, image_shape=shape, **settings)


def of_type(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


@pytest.mark.parametrize(
    ("height", "width", "first_map", "last_map"),
    [
        (8, 8, (4, 4), (4, 4)),
        (14, 10, (7, 5), (7, 5)),
        (16, 16, (4, 4), (8, 8)),
        (28, 28, (7, 7), (14, 14)),
        (32, 32, (4, 4), (8, 8)),
        (48, 64, (6, 8), (12, 16)),
        (64, 64, (4, 4), (8, 8)),
    ],
)
def test_any_small_map_times_a_power_of_two_is_served(
    height, width, first_map, last_map
):
    generator, discriminator = build("sngan_resnet", (height, width, 2))
    assert generator.output_shape == (None, height, width, 2)
    assert of_type(generator, keras.layers.Reshape)[0].target_shape == (*first_map, 8)
    (pool,) = of_type(discriminator, keras.layers.GlobalAveragePooling2D)
    assert pool.input.shape == (None, *last_map, 8)
    assert discriminator.output_shape == (None, 1)


@pytest.mark.parametrize("shape", [(7, 7, 1), (9, 8, 1), (36, 36, 1), (32, 30, 3)])
@pytest.mark.parametrize("name", NAMES)
def test_other_sizes_are_refused(name, shape):
    message = f"'{name}' architecture needs a height and width of 4 to 7 pixels times"
    with pytest.raises(ValueError, match=message):
        build(name, shape)


@pytest.mark.parametrize(
    ("size", "places"), [(8, 4), (28, 14), (32, 16), (64, 32), (128, 32)]
)
def test_sagan_attends_on_one_map_in_the_middle_of_each_network(size, places):
    for network in build("sagan", (size, size, 3)):
        (attention,) = of_type(network, SelfAttention)
        assert attention.input.shape == (None, places, places, 8)
        assert attention.spectral_normalization


def test_every_kernel_that_should_be_is_spectrally_normalized():
    for name, normalized in (("sngan_resnet", [False, True]), ("sagan", [True, True])):
        networks = build(name, (32, 32, 3), num_classes=3)
        for network, expected in zip(networks, normalized, strict=True):
            kernels = [
                v.path
                for v in network.trainable_variables
                if v.name in ("kernel", "embeddings")
            ]
            vectors = [v for v in network.non_trainable_variables if v.name == "u"]
            assert len(kernels) >= 10
            assert len(vectors) == (len(kernels) if expected else 0)


def test_the_default_networks_are_those_of_the_paper():
    generator, discriminator = architectures.build(
        "sngan_resnet", image_shape=(32, 32, 3), latent_dim=128
    )
    convolutions = of_type(generator, keras.layers.Conv2D)
    assert [c.filters for c in convolutions] == [256] * 6 + [3]
    doubling = of_type(generator, UpsamplingConv2D)
    assert [c.filters for c in doubling] == [256] * 3
    assert len(of_type(generator, Upsample)) == 3  # the shortcuts of three blocks
    assert len(of_type(generator, keras.layers.BatchNormalization)) == 7
    inner = [layer.layer for layer in of_type(discriminator, SpectralNormalization)]
    convolutions = [c for c in inner if isinstance(c, keras.layers.Conv2D)]
    assert sorted(c.kernel_size for c in convolutions) == [(1, 1)] * 2 + [(3, 3)] * 6
    halving = [c for c in inner if isinstance(c, PoolingConv2D)]
    assert [c.kernel_size for c in halving] == [3] * 2
    assert {c.filters for c in convolutions + halving} == {128}
    # Weights and biases of the table's rows, counted by hand.
    dense, block = 129 * 4096, 2 * (9 * 256**2 + 256) + 256**2 + 256 + 4 * 256
    expected = dense + 3 * block + 2 * 256 + 9 * 256 * 3 + 3
    assert sum(np.prod(v.shape) for v in generator.trainable_variables) == expected
    wide, point = 9 * 128**2 + 128, 128**2 + 128
    first = 9 * 3 * 128 + 128 + wide + 3 * 128 + 128
    expected = first + 2 * wide + point + 4 * wide + 129
    assert sum(np.prod(v.shape) for v in discriminator.trainable_variables) == expected


@pytest.mark.parametrize("name", NAMES)
def test_labels_scale_the_generator_and_project_the_discriminator(name):
    generator, discriminator = build(name, (16, 16, 1), num_classes=3)
    scaled = of_type(generator, ConditionalBatchNormalization)
    assert len(scaled) == 4
    scaled[0].gamma.assign_add(np.random.default_rng(0).normal(size=(3, 8)))
    z, labels = np.ones((3, 4), np.float32), np.arange(3)
    images = generator([z, labels]).numpy()
    assert np.abs(images[0] - images[1]).max() > 1e-3
    (head,) = of_type(discriminator, ProjectionHead)
    assert head.spectral_normalization
    logits = discriminator([np.repeat(images[:1], 3, axis=0), labels]).numpy()
    assert logits.dtype == np.float32
    assert np.ptp(logits) > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_discriminators_sum_over_all_places(name):
    """Each image is as large a term as its features: the sum, not the mean."""
    _, discriminator = build(name, (32, 32, 3))
    (pool,) = of_type(discriminator, keras.layers.GlobalAveragePooling2D)
    (scaling,) = of_type(discriminator, keras.layers.Rescaling)
    parts = keras.Model(discriminator.input, [pool.input, scaling.output])
    maps, features = parts(np.random.default_rng(0).normal(size=(2, 32, 32, 3)))
    np.testing.assert_allclose(features, tf.reduce_sum(maps, (1, 2)), rtol=1e-4)


def train_a_step(name, policy="float32", jit_compile=False, batch=4, **options):
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    try:
        networks = build(name, (32, 32, 3), num_classes=3, **options)
    finally:
        keras.config.set_dtype_policy("float32")
    gan = GAN(*networks, num_classes=3, seed=1)
    gan.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.0),
        keras.optimizers.Adam(1e-3, beta_1=0.0),
        "hinge",
        ema_decay=0.9,
        jit_compile=jit_compile,
    )
    before = [v.numpy() for v in gan.trainable_variables]
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (batch, 32, 32, 3)).astype(np.float32)
    logs = gan.fit(images, np.arange(batch) % 3, batch_size=batch, verbose=0).history
    after = [v.numpy() for v in gan.trainable_variables]
    moved = [np.abs(a - b).max() > 0 for a, b in zip(after, before, strict=True)]
    assert all(np.all(np.isfinite(v)) for v in after)
    # Kernels of attention wait until γ has left zero; biases before normalization, too.
    assert np.mean(moved) > 0.6
    return {log: values[0] for log, values in logs.items()}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_a_step_compiled_by_xla_in_bfloat16_is_like_a_plain_one(name):
    plain = train_a_step(name)
    half = train_a_step(name, policy="mixed_bfloat16", jit_compile=True)
    for log, value in plain.items():
        assert np.isclose(half[log], value, rtol=0.1, atol=0.1), log


def weights_around_a_step(name, strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        networks = build(name, (32, 32, 3), num_classes=3, latent_dim=8)
        gan = GAN(*networks, num_classes=3, seed=0)
        gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01), "hinge")
    before = [variable.numpy() for variable in gan.trainable_variables]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3))
    labels = np.arange(8, dtype=np.int32) % 3
    pairs = (images.astype(np.float32), labels)
    gan.fit(tf.data.Dataset.from_tensors(pairs), verbose=0)
    return before, [variable.numpy() for variable in gan.variables]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_step_on_two_replicas_equals_one_on_one_device(name):
    before, one = weights_around_a_step(name, one_device())
    again, two = weights_around_a_step(name, two_replicas())
    assert largest_difference(before, again) == 0.0
    moved = [not any(np.array_equal(b, v) for v in one) for b in before]
    assert np.mean(moved) > 0.6
    assert largest_difference(one, two) < 1e-5


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_a_step_at_full_size(name):
    train_a_step(name, batch=2, generator_filters=256, discriminator_filters=128)
