"""Multilayer perceptrons: any shape, with or without a range and labels."""

import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import architectures

LECTURE = {
    "generator_units": [128, 256, 512, 1024],
    "discriminator_units": [512, 256],
    "activation": "leaky_relu",
    "generator_batch_normalization": True,
}


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("shape", [(2,), (5, 3), (4, 4, 1), (2, 3, 2, 2)])
def test_examples_have_any_shape_and_no_range(shape):
    generator, discriminator = architectures.build(
        "mlp", image_shape=shape, latent_dim=3, value_range=None
    )
    z = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    examples = generator(1000 * z)
    assert examples.shape == (7, *shape)
    assert examples.dtype == "float32"
    assert np.abs(examples).max() > 50  # nothing squashes them
    assert discriminator(examples).shape == (7, 1)


def test_the_network_is_the_formula():
    """Against plain NumPy: linear, silu, linear."""
    generator, discriminator = architectures.build(
        "mlp",
        image_shape=(2,),
        latent_dim=3,
        value_range=None,
        generator_units=[4],
        discriminator_units=(4,),
        activation="silu",
    )
    random = np.random.default_rng(0)
    for network, inputs in ((generator, 3), (discriminator, 2)):
        weights = [random.normal(size=w.shape) for w in network.get_weights()]
        network.set_weights(weights)
        x = random.normal(size=(5, inputs))
        hidden = x @ weights[0] + weights[1]
        hidden = hidden / (1 + np.exp(-hidden))
        expected = hidden @ weights[2] + weights[3]
        np.testing.assert_allclose(network(x.astype("float32")), expected, rtol=1e-5)


def test_a_label_enters_both_networks_beside_their_input():
    generator, discriminator = architectures.build(
        "mlp",
        image_shape=(2,),
        latent_dim=3,
        num_classes=5,
        value_range=None,
        label_features=6,
    )
    for network, inputs in ((generator, 3), (discriminator, 2)):
        (embedding,) = layers_of(network, keras.layers.Embedding)
        assert embedding.embeddings.shape == (5, 6)
        first = layers_of(network, keras.layers.Dense)[0]
        assert first.kernel.shape == (inputs + 6, 256)
        x = np.ones((5, inputs), np.float32)
        outputs = network([x, np.arange(5)]).numpy()
        assert len(np.unique(outputs.round(5), axis=0)) == 5
        # Equal embeddings, equal outputs: the label enters nowhere else.
        embedding.embeddings.assign(np.ones((5, 6)))
        assert np.ptp(network([x, np.arange(5)]).numpy(), axis=0).max() < 1e-6


def test_the_lectures_practice_network():
    generator, discriminator = architectures.build(
        "mlp", image_shape=(28, 28, 1), latent_dim=100, **LECTURE
    )
    units = [[x.units for x in layers_of(n, keras.layers.Dense)] for n in (generator,)]
    assert units == [[128, 256, 512, 1024, 784]]
    assert [x.units for x in layers_of(discriminator, keras.layers.Dense)] == [
        512,
        256,
        1,
    ]
    normalizations = layers_of(generator, keras.layers.BatchNormalization)
    assert [layer.synchronized for layer in normalizations] == [True] * 4
    assert not layers_of(discriminator, keras.layers.BatchNormalization)
    for network in (generator, discriminator):
        slopes = layers_of(network, keras.layers.LeakyReLU)
        assert slopes
        assert {layer.negative_slope for layer in slopes} == {0.2}
    z = np.random.default_rng(0).normal(size=(3, 100)).astype(np.float32)
    assert np.abs(generator(100 * z)).max() <= 1.0


def test_points_keep_their_digits_in_half_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        generator, _ = architectures.build(
            "mlp", image_shape=(2,), latent_dim=2, value_range=None
        )
    finally:
        keras.config.set_dtype_policy("float32")
    points = generator(np.ones((1, 2), np.float32)).numpy()
    assert points.dtype == np.float32
    # A bfloat16 has 8 significant bits; more are set here.
    assert np.any(points.view(np.uint32) & 0xFFFF)


def test_it_learns_a_conditional_ring():
    """Eight classes, each a point on the unit circle with a standard deviation."""
    labels = np.arange(8000) % 8
    angles = labels * np.pi / 4
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    noise = np.random.default_rng(0).normal(0, 0.05, (8000, 2))
    gan = keras_gan.GAN(
        *architectures.build(
            "mlp",
            image_shape=(2,),
            latent_dim=2,
            num_classes=8,
            value_range=None,
            generator_units=[32, 32],
            discriminator_units=[32, 32],
        ),
        num_classes=8,
        value_range=None,
        seed=0,
    )
    gan.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5)
    )
    dataset = (ring + noise).astype(np.float32), labels
    gan.fit(*dataset, batch_size=80, epochs=6, verbose=0)
    points = gan.sample(160, labels=labels[:160], seed=1)
    assert np.abs(points - ring[:160]).mean() < 0.15


ERRORS = {
    "empty shape": ({"image_shape": ()}, "`image_shape` must be one or more positive"),
    "shape": ({"image_shape": (0,)}, "`image_shape` must be one or more positive"),
    "a number": ({"image_shape": 2}, "`image_shape` must be one or more positive"),
    "range": ({"value_range": (1, 0)}, "`value_range` must be a pair"),
    "units": ({"generator_units": 256}, "`generator_units` must be one or more"),
    "a unit": ({"discriminator_units": [0]}, "`discriminator_units` must be one or"),
    "activation": ({"activation": "relo"}, "`activation` must be one of.*'relu'"),
    "features": ({"label_features": 0}, "`label_features` must be an integer >= 1"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_built_is_named(case):
    wrong, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        architectures.build(**{"name": "mlp", "image_shape": (2,), **wrong})
