"""tensorflow-datasets: prepared sets offline, others with and without a network."""

import os

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from harness.processes import run_python

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data import batching, internet_access
from keras_gan.data.epoch_order import from_position


class TinyShapes(tfds.core.GeneratorBasedBuilder):
    """Forty images of 5×4, each filled with the number of its label and example."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(5, 4, 3)),
            "label": tfds.features.ClassLabel(names=["disc", "square"]),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, dl_manager):
        return {"train": self._examples(40), "test": self._examples(4)}

    def _generate_examples(self):
        raise NotImplementedError

    def _examples(self, count):
        for number in range(count):
            image = np.full((5, 4, 3), number, np.uint8)
            yield number, {"image": image, "label": number % 2}


class TinyText(tfds.core.GeneratorBasedBuilder):
    """No images."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = tfds.features.FeaturesDict({"text": tfds.features.Text()})
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {}

    def _generate_examples(self):
        raise NotImplementedError


class TinyMixed(tfds.core.GeneratorBasedBuilder):
    """Two grey images that differ in size, without labels."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        image = tfds.features.Image(shape=(None, None, 1))
        features = tfds.features.FeaturesDict({"image": image})
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number, shape in enumerate([(3, 4, 1), (6, 5, 1)]):
            yield number, {"image": np.full(shape, 7, np.uint8)}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A folder where `tiny_shapes` is prepared."""
    folder = tmp_path_factory.mktemp("tfds")
    TinyShapes(data_dir=folder).download_and_prepare()
    return folder


@pytest.fixture
def no_network(monkeypatch):
    """A machine without a network, on which asking for one is noticed."""
    asked = []

    def answers(hosts):
        asked.extend(hosts)
        return False

    monkeypatch.setattr(internet_access, "any_answers", answers)
    return asked


@pytest.fixture(params=["in memory", "streamed"])
def size(request, monkeypatch):
    """Both ways that a set is read, by its size."""
    if request.param == "streamed":
        monkeypatch.setattr(batching, "IN_MEMORY_BYTES", 0)


def load(data_dir, **arguments):
    defaults = {"batch_size": 8, "labels": True, "value_range": (0, 255)}
    return data.load("tiny_shapes", data_dir=data_dir, **{**defaults, **arguments})


def numbers(dataset):
    """The numbers of the images of one pass; checks the labels on the way."""
    seen = []
    for images, labels in dataset:
        np.testing.assert_array_equal(images[:, 0, 0, 0] % 2, labels)
        assert np.ptp(images, axis=(1, 2, 3)).max() == 0
        seen += images[:, 0, 0, 0].numpy().astype(int).tolist()
    return seen


@pytest.mark.usefixtures("size")
def test_a_prepared_set_loads_without_asking_for_a_network(data_dir, no_network):
    dataset = load(data_dir)
    assert dataset.element_spec == (
        tf.TensorSpec((8, 5, 4, 3), tf.float32),
        tf.TensorSpec((8,), tf.int32),
    )
    assert int(dataset.cardinality()) == 5
    assert sorted(numbers(dataset)) == list(range(40))
    assert no_network == []


@pytest.mark.usefixtures("size")
def test_order_comes_from_the_seed_alone_and_changes_each_epoch(data_dir):
    dataset = load(data_dir, seed=5)
    epochs = [numbers(dataset), numbers(dataset)]
    tf.random.set_seed(99)
    again = load(data_dir, seed=5)
    assert epochs == [numbers(again), numbers(again)]
    assert epochs[0] != epochs[1]
    assert epochs[0] != numbers(load(data_dir, seed=6))
    assert numbers(from_position(again, 1, 2)) == epochs[1][2 * 8 :]


@pytest.mark.usefixtures("size")
def test_without_shuffling_the_order_of_the_files_is_kept(data_dir):
    files = tfds.builder("tiny_shapes", data_dir=data_dir).as_dataset("train")
    expected = [int(example["image"][0, 0, 0]) for example in files]
    assert numbers(load(data_dir, shuffle=False)) == expected


@pytest.mark.usefixtures("size")
def test_size_and_channels_apply(data_dir):
    dataset = load(data_dir, labels=False, image_size=(8, 6), channels=1, batch_size=40)
    (images,) = list(dataset)
    assert images.shape == (40, 8, 6, 1)
    assert sorted(images[:, 3, 3, 0].numpy().astype(int).tolist()) == list(range(40))


@pytest.mark.usefixtures("size")
def test_images_that_differ_in_size_need_image_size(tmp_path):
    source = TinyMixed(data_dir=tmp_path)
    assert data.info(source) == data.DataInfo(2, (None, None, 1))
    with pytest.raises(InputError, match="`image_size` is needed"):
        data.load(source, batch_size=2)
    with pytest.raises(InputError, match="TinyMixed has no labels"):
        data.load(source, batch_size=2, labels=True)
    (images,) = list(
        data.load(source, batch_size=2, image_size=4, value_range=(0, 255))
    )
    np.testing.assert_array_equal(images, np.full((2, 4, 4, 1), 7))


def test_info_comes_from_the_description(data_dir):
    expected = data.DataInfo(40, (5, 4, 3), 2, ("disc", "square"))
    assert data.info("tiny_shapes", data_dir=data_dir) == expected


def test_split_expressions_work_and_unknown_splits_name_the_known(data_dir):
    source = {"source": "tiny_shapes", "data_dir": data_dir}
    assert data.info(**source, split="test").num_examples == 4
    assert data.info(**source, split="train[:25%]").num_examples == 10
    with pytest.raises(InputError, match=r"`split` .*'test', 'train'; got 'valid'"):
        data.info(**source, split="valid")


def test_a_builder_object_is_prepared_and_loaded_offline(tmp_path, no_network):
    dataset = data.load(TinyShapes(data_dir=tmp_path), split="test", batch_size=4)
    assert len(list(dataset)) == 1
    assert no_network == []


def test_a_registered_builder_is_prepared_and_loaded_offline(tmp_path, no_network):
    assert sorted(numbers(load(tmp_path, split="test", batch_size=4))) == [0, 1, 2, 3]
    assert no_network == []


def test_a_generator_that_fails_is_reported_by_name(tmp_path, monkeypatch):
    def fail(self, count):
        raise RuntimeError("the disc is full")

    monkeypatch.setattr(TinyShapes, "_examples", fail)
    with pytest.raises(InputError, match=r"prepare 'tiny_shapes': the disc is full"):
        load(tmp_path)


def test_a_set_without_images_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"tiny_text: .*features are \['text'\]"):
        data.load("tiny_text", batch_size=2, data_dir=tmp_path)


@pytest.mark.parametrize("name", ["mnist/no_such", "mnist:9.9.9"])
def test_an_unknown_config_or_version_is_one_clear_line(tmp_path, name):
    with pytest.raises(InputError, match=r"tensorflow-datasets: .*mnist"):
        data.load(name, batch_size=2, data_dir=tmp_path)


def test_without_a_network_an_unprepared_set_says_how_to_prepare_it(
    tmp_path, no_network
):
    match = (
        rf"'mnist' is not prepared in {tmp_path} .*"
        r"`tfds build mnist --data_dir DIR`.*pass `data_dir=DIR`"
    )
    with pytest.raises(InputError, match=match):
        data.load("mnist", batch_size=2, data_dir=tmp_path)
    assert no_network == ["storage.googleapis.com"]


def test_with_a_network_an_unprepared_set_is_downloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(internet_access, "any_answers", lambda hosts: True)
    builder_class = tfds.builder_cls("mnist")

    def prepare(self):
        raise ConnectionError("the download was asked for")

    monkeypatch.setattr(builder_class, "download_and_prepare", prepare)
    with pytest.raises(InputError, match="the download was asked for"):
        data.load("mnist", batch_size=2, data_dir=tmp_path)


@pytest.mark.slow
def test_a_network_that_swallows_everything_fails_within_ten_seconds(tmp_path):
    script = """
import sys, time
import tensorflow, tensorflow_datasets
from keras_gan import data
start = time.monotonic()
try:
    data.load("mnist", batch_size=2, data_dir=sys.argv[1])
except ValueError as error:
    print(time.monotonic() - start, error)
"""
    # A private address that nothing routes to: connections hang rather than fail.
    proxies = dict.fromkeys(
        ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"),
        "http://10.255.255.1:9",
    )
    environment = {**os.environ, **proxies, "no_proxy": "", "NO_PROXY": ""}
    seconds, message = run_python(script, tmp_path, env=environment).split(" ", 1)
    assert float(seconds) < 10
    assert "tfds build mnist" in message
