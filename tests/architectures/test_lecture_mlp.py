"""The networks of the lecture's notebook, and its steps as PyTorch does them."""

import json
import math
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import architectures, presets, priors

NETWORKS = ("generator", "discriminator")
# Batch normalization takes away the bias of the layer before it, whose gradient is
# nothing but rounding errors.
UNUSED_BIAS = 3
RECORD = Path(__file__).parents[1] / "migration/torch.json"


@pytest.fixture(scope="module")
def pair():
    return architectures.build("lecture_mlp", image_shape=(28, 28, 1), latent_dim=100)


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_the_layers_are_those_of_the_notebook(pair):
    sizes = [[x.units for x in layers_of(n, keras.layers.Dense)] for n in pair]
    assert sizes == [[128, 256, 512, 1024, 784], [512, 256, 1]]
    normalizations = layers_of(pair[0], keras.layers.BatchNormalization)
    assert [(x.epsilon, x.momentum) for x in normalizations] == [(0.8, 0.9)] * 3
    assert not layers_of(pair[1], keras.layers.BatchNormalization)
    # 1,510,032 and 533,505 are the sums over `parameters()` of the notebook's networks.
    weights = [sum(math.prod(w.shape) for w in n.trainable_weights) for n in pair]
    assert weights == [1_510_032, 533_505]


def test_all_weights_start_within_the_bound_of_pytorch(pair):
    for network in pair:
        for layer in layers_of(network, keras.layers.Dense):
            bound = 1 / math.sqrt(layer.kernel.shape[0])
            kernel, bias = (weight.numpy() for weight in layer.weights)
            assert 0.95 * bound < np.abs(kernel).max() <= bound
            assert np.std(kernel) == pytest.approx(bound / math.sqrt(3), rel=0.1)
            assert 0 < np.abs(bias).max() <= bound


def test_three_steps_are_those_of_the_notebook_in_pytorch(monkeypatch):
    """From the same weights, latents and images to the same weights."""
    record = json.loads(RECORD.read_text("utf-8"))["lecture"]
    z, images = (np.array(record[name], np.float32) for name in ("z", "images"))
    pair = architectures.build(
        "lecture_mlp",
        image_shape=(3, 3, 1),
        latent_dim=3,
        generator_units=[4, 5],
        discriminator_units=[6],
    )
    start, end = (
        [np.transpose(w) for name in NETWORKS for w in record[when][name]]
        for when in ("start", "end")
    )
    weights = [weight for network in pair for weight in network.trainable_weights]
    for weight, value in zip(weights, start, strict=True):
        weight.assign(value)

    recipe = presets.get("lecture_notebook").recipe
    adams = [
        keras.optimizers.Adam(**{**adam, "learning_rate": 0.01, "epsilon": 1e-16})
        for adam in (recipe.generator_optimizer, recipe.discriminator_optimizer)
    ]
    rules = {"loss": recipe.loss, "simultaneous": recipe.simultaneous}
    gan = keras_gan.GAN(*pair, prior=recipe.prior)
    gan.compile(*adams, **rules, run_eagerly=True)
    for latents, batch in zip(z, images, strict=True):
        monkeypatch.setattr(priors.Normal, "noise", lambda *_, z=latents: z)
        gan.fit(batch.reshape(-1, 3, 3, 1), batch_size=6, verbose=0)
    for number, weight in enumerate(weights):
        if number == UNUSED_BIAS:
            continue
        assert np.abs(end[number] - start[number]).max() > 0.015
        np.testing.assert_allclose(weight.numpy(), end[number], atol=1e-5)


def test_units_and_epsilon_are_checked():
    shape = {"name": "lecture_mlp", "image_shape": (4, 4, 1)}
    for wrong, message in (
        ({"generator_units": [0]}, "`generator_units`"),
        ({"epsilon": 0.0}, "`epsilon` must be a positive number; got 0.0"),
    ):
        with pytest.raises(ValueError, match=message):
            architectures.build(**shape, **wrong)
