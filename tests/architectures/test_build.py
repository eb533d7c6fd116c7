"""Architectures: the right shapes, ranges and initial weights for what is asked."""

import keras
import numpy as np
import pytest
from harness.marks import slow_but_for

from keras_gan import architectures
from keras_gan.layers import Maxout

SHAPES = (28, 28, 1), (32, 32, 3)
RANGES = (-1.0, 1.0), (0.0, 1.0), (-2.0, 6.0)
# Options that spare time where the defaults are large.
SMALL = {
    "goodfellow_conv": {"generator_units": 50, "generator_filters": 8},
    "r3gan": {"generator_filters": 8, "discriminator_filters": 8},
    "sagan": {"generator_filters": 8, "discriminator_filters": 8},
    "sngan_resnet": {"generator_filters": 8, "discriminator_filters": 8},
}


@pytest.mark.parametrize("name", architectures.names())
@pytest.mark.parametrize("image_shape", slow_but_for([(28, 28, 1)], SHAPES))
@pytest.mark.parametrize("value_range", slow_but_for([(-2.0, 6.0)], RANGES))
def test_images_have_the_shape_and_fill_the_range(name, image_shape, value_range):
    generator, discriminator = architectures.build(
        name,
        image_shape=image_shape,
        latent_dim=5,
        value_range=value_range,
        **SMALL.get(name, {}),
    )
    if name == "goodfellow_conv":  # its sigmoids bound what comes before the output
        for variable in generator.trainable_variables[-2:]:
            variable.assign(100 * variable)
    z = 300 * np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)
    images = generator(z).numpy()
    assert images.shape == (9, *image_shape)
    low, high = value_range
    assert low <= images.min() < low + 0.1 * (high - low)
    assert high >= images.max() > high - 0.1 * (high - low)
    assert discriminator(images).shape == (9, 1)


def test_a_conditional_dcgan_depends_on_the_label():
    generator, discriminator = architectures.build(
        "dcgan", image_shape=(28, 28, 1), latent_dim=5, num_classes=10
    )
    z, labels = np.ones((3, 5), np.float32), np.array([0, 1, 9])
    images = generator([z, labels]).numpy()
    assert np.abs(images[0] - images[1]).max() > 1e-5
    embedding = discriminator.get_layer("logit").embedding
    one_image = np.repeat(images[:1], 3, axis=0)
    before = discriminator([one_image, labels]).numpy()
    assert np.ptp(before) < 1e-6  # the projections start at zero
    embedding.embeddings.assign(np.random.default_rng(0).normal(size=(10, 128)))
    assert np.ptp(discriminator([one_image, labels]).numpy()) > 1e-4


def test_a_dcgan_for_an_auxiliary_classifier_judges_images_alone():
    _, discriminator = architectures.build(
        "dcgan", image_shape=(28, 28, 1), num_classes=10, conditioning="auxiliary"
    )
    logits, class_logits = discriminator(np.zeros((3, 28, 28, 1), np.float32))
    assert logits.shape == (3, 1)
    assert class_logits.shape == (3, 10)


def test_the_2014_networks_have_the_authors_sizes_and_initial_ranges():
    generator, discriminator = architectures.build(
        "goodfellow_mlp", image_shape=(28, 28, 1), latent_dim=100, value_range=(0, 1)
    )
    sizes = [(100, 1200), (1200, 1200), (1200, 784)]
    kernels = [v for v in generator.trainable_variables if v.name == "kernel"]
    assert [tuple(kernel.shape) for kernel in kernels] == sizes
    for kernel in kernels:
        assert 0.049 < np.abs(kernel.numpy()).max() <= 0.05
    maxouts = [x for x in discriminator.layers if isinstance(x, Maxout)]
    assert [(m.units, m.pieces) for m in maxouts] == [(240, 5), (240, 5)]
    for layer in maxouts:
        assert 0.0049 < np.abs(layer.kernel.numpy()).max() <= 0.005
    dropouts = [
        x.rate for x in discriminator.layers if isinstance(x, keras.layers.Dropout)
    ]
    assert dropouts == [0.2, 0.5, 0.5]


def test_no_two_layers_start_from_the_same_numbers():
    generator, _ = architectures.build(
        "goodfellow_mlp", image_shape=(4, 4, 1), latent_dim=16, generator_units=16
    )
    kernels = [v.numpy() for v in generator.trainable_variables if v.name == "kernel"]
    assert len(kernels) == 3
    assert np.abs(kernels[0] - kernels[1]).max() > 1e-3
    assert np.abs(kernels[1] - kernels[2]).max() > 1e-3


def test_a_label_enters_both_of_the_2014_networks():
    generator, discriminator = architectures.build(
        "goodfellow_mlp",
        image_shape=(4, 4, 1),
        latent_dim=7,
        num_classes=5,
        label_features=6,
    )
    z, labels = np.ones((5, 7), np.float32), np.arange(5)
    images = np.zeros((5, 4, 4, 1), np.float32)
    for network, x, inputs in ((generator, z, 7), (discriminator, images, 16)):
        kernels = [v for v in network.trainable_variables if v.name == "kernel"]
        assert kernels[0].shape[0] == inputs + 6
        outputs = network([x, labels]).numpy().reshape(5, -1)
        assert len(np.unique(outputs, axis=0)) == 5
        (table,) = (v for v in network.trainable_variables if v.name == "embeddings")
        assert table.shape == (5, 6)
        table.assign(np.ones((5, 6)))
        outputs = network([x, labels]).numpy().reshape(5, -1)
        assert np.ptp(outputs, axis=0).max() < 1e-7


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0), (-3.0, 3.0)])
def test_the_generator_starts_at_the_datas_mean(value_range):
    low, high = value_range
    mean = np.random.default_rng(0).uniform(
        low + 0.02 * (high - low), high - 0.02 * (high - low), (28, 28, 1)
    )
    generator, _ = architectures.build(
        "goodfellow_mlp",
        image_shape=(28, 28, 1),
        value_range=value_range,
        data_mean=mean,
    )
    zero = generator(np.zeros((1, 100), np.float32))[0]
    np.testing.assert_allclose(zero, mean, atol=1e-5 * (high - low))


ERRORS = {
    "name": ({"name": "dcgann"}, "`architecture` must be one of .*'dcgan'"),
    "conditioning": (
        {"conditioning": "projecting"},
        "`conditioning` must be one of .*'projection'",
    ),
    "option": ({"filters": 3}, "`option of 'dcgan'` must be one of"),
    "shape": ({"image_shape": (28, 28)}, "`image_shape` must be three positive"),
    "size": ({"image_shape": (30, 28, 1)}, "height and width that 4 divides.*30×28"),
    "latent": ({"latent_dim": 0}, "`latent_dim` must be an integer >= 1"),
    "classes": ({"num_classes": -1}, "`num_classes` must be an integer >= 1"),
    "no range": ({"value_range": None}, "`value_range` must be a pair"),
    "range": ({"value_range": (1, 1)}, "`value_range` must be a pair"),
    "label features": (
        {"name": "goodfellow_mlp", "label_features": 0},
        "`label_features` must be an integer >= 1",
    ),
    "mean": (
        {"name": "goodfellow_mlp", "data_mean": np.full((28, 28, 1), 3.0)},
        "`data_mean` must lie in",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_built_is_named(case):
    wrong, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        architectures.build(**{"name": "dcgan", "image_shape": (28, 28, 1), **wrong})


@pytest.mark.parametrize("name", architectures.names())
def test_networks_survive_saving(name, tmp_path):
    for network in architectures.build(name, image_shape=(8, 8, 1), latent_dim=3):
        network.save(tmp_path / "n.keras")
        loaded = keras.saving.load_model(tmp_path / "n.keras")
        x = np.ones((2, *network.input_shape[1:]), np.float32)
        np.testing.assert_array_equal(loaded(x), network(x))


def test_the_2014_discriminator_sees_the_same_image_in_any_range():
    shape, pixels = (4, 4, 1), np.random.default_rng(0).uniform(size=(5, 4, 4, 1))
    logits = []
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (-2.0, 6.0)):
        keras.utils.set_random_seed(0)
        _, discriminator = architectures.build(
            "goodfellow_mlp", image_shape=shape, value_range=(low, high)
        )
        logits.append(discriminator(low + (high - low) * pixels).numpy())
    np.testing.assert_allclose(logits[1:], [logits[0]] * 2, atol=1e-7)


def test_the_2014_discriminators_kernels_are_not_bounded():
    _, discriminator = architectures.build(
        "goodfellow_mlp", image_shape=(4, 4, 1), discriminator_units=8
    )
    variables = discriminator.trainable_variables
    optimizer = keras.optimizers.SGD(10.0)
    optimizer.apply([keras.ops.ones_like(v) for v in variables], variables)
    for variable in variables:
        np.testing.assert_allclose(variable.numpy(), -10.0, atol=0.01)
