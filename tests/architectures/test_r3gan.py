"""R3GAN's networks: their initial function, sizes, labels, and one full-sized step."""

import collections
import functools

import keras
import numpy as np
import onnx
import pytest
import tensorflow as tf
from harness.replicas import largest_difference, one_device, two_replicas

from keras_gan import GAN, architectures, export
from keras_gan.layers import GroupedConv2D
from keras_gan.losses.penalties import R1, R2

SMALL = {
    "generator_filters": 8,
    "discriminator_filters": 8,
    "blocks_per_stage": 1,
    "cardinality": 2,
}


def build(shape=(8, 8, 1), **arguments):
    options = {"latent_dim": 5, **SMALL, **arguments}
    return architectures.build("r3gan", image_shape=shape, **options)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def scramble(network):
    """Gives the branches that start at zero weights of their own."""
    random = np.random.default_rng(0)
    for variable in network.trainable_variables:
        variable.assign(random.normal(0, 0.3, variable.shape))


def test_the_generator_starts_linear_in_its_latent():
    """Every residual branch starts at zero, and nothing else has a kink but tanh."""
    generator, _ = build(value_range=(-1.0, 1.0))
    z = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    linear = np.arctanh(generator(0.1 * z).numpy().astype(np.float64))
    assert np.abs(linear).max() > 0.01
    doubled = np.arctanh(generator(0.2 * z).numpy().astype(np.float64))
    np.testing.assert_allclose(doubled, 2 * linear, atol=1e-5)


def test_the_discriminator_starts_linear_in_its_image():
    _, discriminator = build()
    images = np.random.default_rng(0).normal(size=(6, 8, 8, 1)).astype(np.float32)
    logits = discriminator(images).numpy()
    assert logits.std() > 0.01
    np.testing.assert_allclose(discriminator(3 * images), 3 * logits, atol=1e-4)


def test_the_other_convolutions_start_scaled_as_in_fixup():
    """N(0, gain²/fan-in) with gain sqrt(2 / 1.04) · L^(-1/4), L = 6 blocks."""
    options = {"generator_filters": 64, "cardinality": 4, "blocks_per_stage": 2}
    generator, _ = build((16, 16, 3), **options)
    gain = np.sqrt(2 / 1.04) * 6 ** (-1 / 4)
    grouped = layers_of(generator, GroupedConv2D)
    assert len(grouped) == 6
    assert {layer.groups for layer in grouped} == {4}
    for layer in grouped:
        expected = gain / np.sqrt(9 * 128 / 4)
        np.testing.assert_allclose(layer.kernel.numpy().std(), expected, rtol=0.03)
    pointwise = layers_of(generator, keras.layers.Conv2D)
    zero = [layer for layer in pointwise if not np.any(layer.kernel)]
    assert len(zero) == 6
    assert not layers_of(generator, keras.layers.BatchNormalization)


def test_channels_halve_beyond_four_resolutions_as_in_the_paper():
    generator, discriminator = build((64, 64, 3), cardinality=4)
    for network, order in ((generator, 1), (discriminator, -1)):
        grouped = layers_of(network, GroupedConv2D)[::order]
        assert [(layer.filters, layer.groups) for layer in grouped] == [
            (16, 4),
            (16, 4),
            (16, 4),
            (16, 4),
            (8, 2),
        ]


@pytest.mark.parametrize("size", [(4, 4), (8, 8), (28, 28), (20, 40), (24, 56)])
def test_sizes_are_4_to_7_times_a_power_of_two(size):
    generator, discriminator = build((*size, 3))
    images = generator(np.ones((2, 5), np.float32))
    assert images.shape == (2, *size, 3)
    assert discriminator(images).shape == (2, 1)


def test_a_label_enters_both_networks():
    generator, discriminator = build(num_classes=4, class_features=6)
    z, labels = np.ones((4, 5), np.float32), np.arange(4)
    images = np.ones((4, 8, 8, 1), np.float32)
    for network, x in ((generator, z), (discriminator, images)):
        outputs = network([x, labels]).numpy().reshape(4, -1)
        assert np.ptp(outputs, axis=0).max() > 1e-3
        (embedding,) = layers_of(network, keras.layers.Embedding)
        embedding.embeddings.assign(np.ones(embedding.embeddings.shape))
        outputs = network([x, labels]).numpy().reshape(4, -1)
        assert np.ptp(outputs, axis=0).max() < 1e-6


def test_the_logit_is_the_projection_on_the_label():
    """Linear in the label's embedding, so that the mean of two gives the mean."""
    _, discriminator = build(num_classes=3, class_features=6)
    scramble(discriminator)
    (embedding,) = layers_of(discriminator, keras.layers.Embedding)
    table = embedding.embeddings.numpy()
    table[2] = (table[0] + table[1]) / 2
    embedding.embeddings.assign(table)
    images = np.random.default_rng(0).normal(size=(1, 8, 8, 1)).repeat(3, axis=0)
    logits = discriminator([images.astype(np.float32), np.arange(3)]).numpy()
    assert abs(logits[0] - logits[1]) > 1e-3
    np.testing.assert_allclose(logits[2], (logits[0] + logits[1]) / 2, rtol=1e-4)


@pytest.mark.parametrize("classes", [None, 3])
def test_it_exports_with_one_operation_for_each_upsampling(classes, tmp_path):
    networks = build((16, 24, 3), num_classes=classes)
    scramble(networks[0])
    gan = GAN(*networks, num_classes=classes)
    path = export.save_onnx(gan, tmp_path / "generator.onnx")
    nodes = onnx.load(str(path)).graph.node
    operations = collections.Counter(node.op_type for node in nodes)
    assert operations["Resize"] == 2  # from 4×6 to 16×24
    assert not {"Shape", "Tile", "Slice"} & set(operations)
    # A stage has two 1×1 convolutions and one of 3×3 for each of its two groups.
    assert operations["Conv"] == 3 * 4 + 1
    assert operations["Split"] == 3
    labels = None if classes is None else np.arange(7) % 3
    found = export.runtime.load(path).sample(7, seed=1, labels=labels)
    expected = gan.sample(7, seed=1, labels=labels)
    assert expected.std() > 0.1
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


IMAGES = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32)
TINY = {"generator_filters": 4, "discriminator_filters": 4}
FULL = {"generator_filters": 128, "discriminator_filters": 128}
FULL |= {"blocks_per_stage": 2, "cardinality": 16}
# How a step is done: precision, `jit_compile`, and whether two replicas share it.
WAYS = {
    "compiled": {"jit_compile": True},
    "in bfloat16": {"precision": "mixed_bfloat16"},
    "compiled in bfloat16": {"precision": "mixed_bfloat16", "jit_compile": True},
    "on two replicas": {"strategy": two_replicas},
}


def trained_a_step(
    size, terms, *, precision="float32", jit_compile=False, strategy=one_device
):
    """Returns the trained weights, after checks that they are finite and moved."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(precision)
    try:
        with strategy().scope():
            networks = build((32, 32, 3), latent_dim=8, **size)
            gan = GAN(*networks, seed=0)
            gan.compile(
                keras.optimizers.SGD(0.01),
                keras.optimizers.SGD(0.01),
                "relativistic",
                penalties=terms,
                jit_compile=jit_compile,
            )
        groups = [network.trainable_variables for network in networks]
        before = [[v.numpy() for v in group] for group in groups]
        gan.fit(tf.data.Dataset.from_tensors(IMAGES), verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    after = [[v.numpy() for v in group] for group in groups]
    for old, new in zip(before, after, strict=True):
        assert all(np.isfinite(value).all() for value in new)
        assert largest_difference(old, new) > 1e-5
    return [*after[0], *after[1]]


@functools.cache
def trained_plainly():
    return trained_a_step(TINY, [R1(0.1), R2(0.1)])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
def test_a_small_pair_trains_in_every_way(way):
    weights = trained_a_step(TINY, [R1(0.1), R2(0.1)], **WAYS[way])
    if "bfloat16" not in way:
        assert largest_difference(weights, trained_plainly()) < 1e-5


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_full_pair_trains_compiled_in_half_precision_and_on_two_replicas():
    trained_a_step(FULL, [R1(0.1)], **WAYS["compiled in bfloat16"])
    plain = trained_a_step(FULL, [R1(0.1)])
    two = trained_a_step(FULL, [R1(0.1)], **WAYS["on two replicas"])
    assert largest_difference(plain, two) < 1e-5


ERRORS = {
    "size": ({"shape": (3, 8, 1)}, "shorter side of 4, 5, 6 or 7 times.*got 3×8"),
    "odd": ({"shape": (9, 9, 1)}, "shorter side of 4, 5, 6 or 7 times.*got 9×9"),
    "other side": ({"shape": (16, 18, 1)}, "that divides the other side.*16×18"),
    "cardinality": (
        {"cardinality": 3},
        "`cardinality` must divide twice `generator_filters=8`.*example 16; got 3",
    ),
    "filters": (
        {"shape": (64, 64, 1), "discriminator_filters": 7, "cardinality": 1},
        "`discriminator_filters` must be a multiple of 2, as it is halved 1 times",
    ),
    "blocks": ({"blocks_per_stage": 0}, "`blocks_per_stage` must be an integer"),
    "range": ({"value_range": None}, "`value_range` must be a pair"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_built_is_named(case):
    wrong, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        build(**wrong)
