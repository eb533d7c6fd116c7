"""Requests that no memory holds are refused before any is taken."""

import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.properties import QUICK, SCALARS, message_of
from hypothesis import given
from hypothesis import strategies as st

from keras_gan import _limits, architectures, export, plotting, priors
from keras_gan._checks import InputError
from keras_gan.presets import Recipe
from keras_gan.priors.sample_arguments import resolve_request
from keras_gan.trained_generators.image_writing import write_samples

SGD = {"name": "sgd", "learning_rate": 0.1}


def refused(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n", [10**6 + 1, 10**12, 10**30])
def test_more_images_than_a_request_may_have_are_refused(n):
    gan = dense_gan()
    message = f"`n={n}` is more than the 1,000,000 images of one request"
    for call in (priors.spawn_seeds, lambda seed, n: gan.sample(n, seed=seed)):
        refused(lambda call=call: call(1, n), message)


def test_a_million_seeds_are_one_request():
    assert len(np.unique(priors.spawn_seeds(1, 10**6))) == 10**6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image_size": 10**9}, "`image_size=1000000000` is more than the 89,478,485"),
        ({"image_size": [10, 10**9]}, "pixels of one image; give a smaller one"),
        ({"image_size": 0}, "`image_size` must be an integer >= 1"),
        ({"image_size": "big"}, "`image_size` must be an integer >= 1"),
        ({"latent_dim": 10**9}, "`latent_dim=1000000000` is more than"),
        ({"batch_size": 10**12}, "`batch_size=1000000000000` is more than"),
    ],
)
def test_a_recipe_of_absurd_sizes_is_refused(changes, message):
    fields = {"generator_optimizer": SGD, "discriminator_optimizer": SGD}
    refused(lambda: Recipe("mlp", **fields, **changes), message)


@pytest.mark.parametrize("name", architectures.names())
def test_networks_of_absurd_sizes_are_refused(name):
    for changes in (
        {"image_shape": (10**9, 10**9, 1)},
        {"latent_dim": 10**9},
        {"num_classes": 10**9},
    ):
        (argument,) = changes
        arguments = {"image_shape": (32, 32, 1)} | changes
        refused(lambda a=arguments: architectures.build(name, **a), f"`{argument}=1")


@pytest.mark.parametrize(
    "error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "OOM")]
)
def test_networks_that_do_not_fit_in_memory_are_one_line(monkeypatch, error):
    def fail(_, *, generator_units=()):
        raise error

    monkeypatch.setitem(architectures._ARCHITECTURES, "mlp", fail)
    refused(
        lambda: architectures.build("mlp", image_shape=(2,), value_range=None),
        r"networks of 'mlp' do not fit in memory: .* \(generator_units\)",
    )


@pytest.mark.parametrize("option", ["padding", "scale"])
def test_a_grid_that_no_memory_holds_is_refused(option):
    images = np.zeros((4, 8, 8, 1), np.uint8)
    refused(
        lambda: plotting.image_grid(images, value_range=(0, 1), **{option: 10**9}),
        rf"A grid of .* pixels would take .* GiB .*`{option}`",
    )
    refused(lambda: plotting.interpolate([0.0], [1.0], 10**12), "`steps=10")


def test_images_that_do_not_fit_in_memory_are_refused(tmp_path, monkeypatch):
    gan = dense_gan((32, 32, 3))
    generator = export.runtime.load(export.save_onnx(gan, tmp_path / "g.onnx"))
    monkeypatch.setattr(_limits, "_memories", lambda: [10 * 2**20])
    message = r"1,000 images of \(32, 32, 3\) would take 0.0 GiB .* draw fewer"
    refused(lambda: generator.sample(1000), message)
    seeds = priors.spawn_seeds(1, 1000)
    path = tmp_path / "s.npz"
    refused(lambda: write_samples(path, gan, seeds, name="g"), message)
    assert not path.exists()


def test_names_in_pictures_are_one_line_of_a_length_that_is_seen():
    images, labels = np.zeros((2, 8, 8, 1)), [0, 1]
    names = ["a\n\x1b[31mb", "x" * 10**6]
    plain = plotting.class_grid(images, labels, value_range=(0, 1))
    named = plotting.class_grid(images, labels, value_range=(0, 1), names=names)
    assert named.size == plain.size


LISTS = st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3)


@QUICK
@given(SCALARS, SCALARS, SCALARS | LISTS, SCALARS | LISTS, st.sampled_from([None, 3]))
def test_any_request_is_resolved_or_is_one_line(n, seed, seeds, labels, num_classes):
    def call():
        found, classes = resolve_request(n, seed, seeds, labels, num_classes)
        assert found.dtype == np.int64
        assert (classes is None) == (num_classes is None)
        assert 0 < len(found) <= 10**6

    assert "\n" not in message_of(call)
