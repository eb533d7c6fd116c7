"""The examples in public docstrings run, and print what they show."""

import doctest
import importlib
import inspect
import json
import re
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan

RECORD = Path(__file__).with_name("public_names.json")
NAMES = json.loads(RECORD.read_text(encoding="utf-8"))["names"]
NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?")
# What an example needs that a test does not have.
NOT_RUN = {
    "keras_gan.callbacks.LiveSamples": "a notebook",
    "keras_gan.convergence.train": "a minute",
    "keras_gan.experiment.train": "minutes",
    "keras_gan.export.ServingClient": "a server",
    "keras_gan.hub.download": "a hub",
    "keras_gan.hub.load": "a hub",
    "keras_gan.hub.push": "a hub",
    "keras_gan.export.save_web_page": "onnxruntime-web, which test.sh --all fetches",
    "keras_gan.runs.compare": "two runs",
    "keras_gan.runs.write_csv": "two runs",
    "keras_gan.runs.write_curves": "two runs",
    "keras_gan.runs.write_latex": "two runs",
    "keras_gan.runs.write_page": "two runs",
    "keras_gan.training.start_from": "a run on emoji",
}
SLOW = re.compile(r"export\.|runtime\.|classification_accuracy")


def gan_of_images(**options):
    """Returns a small GAN for images of 28×28."""
    pair = keras_gan.architectures.build(
        "goodfellow_mlp",
        image_shape=(28, 28, 1),
        generator_units=4,
        discriminator_units=2,
        **options,
    )
    return compiled(pair, **options)


def gan_of_points():
    pair = keras_gan.architectures.build(
        "mlp", image_shape=(2,), latent_dim=2, value_range=None
    )
    return compiled(pair, value_range=None)


def compiled(pair, **options):
    gan = keras_gan.GAN(*pair, **options)
    gan.compile("adam", "adam", jit_compile=False)
    return gan


def digits(count=32):
    return keras_gan.data.load("mnist_10k", batch_size=count, labels=True)


def images():
    return next(digits(512).as_numpy_iterator())[0]


def train():
    return keras_gan.data.load("mnist_10k", split="train[:32]", batch_size=16)


def states():
    return {
        name: keras_gan.plotting.GameState(
            *[np.linspace(0.1, 0.2, 9)] * 4, *[np.linspace(-1, 1, 3)] * 2
        )
        for name in ("first", "second", "third", "last")
    }


def pairs():
    first, second = digits(32).take(2).as_numpy_iterator()
    return {"gan": gan_of_images(num_classes=10), "train": first, "test": second}


def judges():
    pair = keras_gan.architectures.build(
        "dcgan",
        image_shape=(28, 28, 1),
        num_classes=10,
        conditioning="auxiliary",
        generator_filters=2,
        discriminator_filters=2,
    )
    return {"gan": None, "generator": pair[0], "discriminator": pair[1]}


def points():
    train = keras_gan.data.load(
        "ring", split="train[:32]", batch_size=16, value_range=None
    )
    return {"gan": gan_of_points(), "train": train}


# Names that examples take for known, made where they occur.
USUAL = {"gan": gan_of_images, "images": images, "real_images": images, "train": train}
OTHERS = {
    "keras_gan.callbacks.PointCloud": points,
    "keras_gan.evaluation.classification_accuracy": pairs,
    "keras_gan.losses.AuxiliaryClassifier": judges,
    "keras_gan.plotting.class_grid": lambda: {"gan": gan_of_images(num_classes=10)},
    "keras_gan.plotting.save_game_states": states,
    "keras_gan.plotting.save_points": points,
}


class Checker(doctest.OutputChecker):
    """Compares what is shown only, and numbers to five digits."""

    def check_output(self, want, got, optionflags):
        if not want or super().check_output(want, got, optionflags):
            return True
        shown, found = (NUMBER.findall(text) for text in (want, got))
        same_words = NUMBER.sub("", want).split() == NUMBER.sub("", got).split()
        return (
            same_words
            and len(shown) == len(found)
            and np.allclose(np.array(shown, float), np.array(found, float), rtol=1e-5)
        )


def examples():
    """From each public name to its docstring with examples, and its module."""
    found = {}
    for path, kind in NAMES.items():
        if not kind.startswith(("class", "function")):
            continue
        owner, _, name = path.rpartition(".")
        try:
            value = getattr(importlib.import_module(owner), name)
        except ModuleNotFoundError:
            module, _, cls = owner.rpartition(".")
            cls = getattr(importlib.import_module(module), cls)
            value = inspect.getattr_static(cls, name)
            value = getattr(value, "__func__", value)
        if ">>>" in (value.__doc__ or ""):
            found.setdefault(value.__doc__, (path, sys.modules[value.__module__]))
    return {path: (text, module) for text, (path, module) in found.items()}


EXAMPLES = examples()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder in which an example runs, with what others have left there."""
    monkeypatch.chdir(tmp_path)
    shown = tmp_path / "run" / "samples"
    shown.mkdir(parents=True)
    for name in ("epoch_0001.png", "epoch_0002.png"):
        keras_gan.plotting.save_image_grid(
            shown / name, np.zeros((4, 28, 28, 1)), value_range=(-1, 1)
        )
    return tmp_path


@pytest.fixture
def short(monkeypatch):
    """Makes `fit` train for one epoch, without a bar."""
    fit = keras_gan.GAN.fit

    def fit_shortly(self, *arguments, epochs=1, verbose=0, **others):
        return fit(self, *arguments, epochs=1, verbose=0, **others)

    monkeypatch.setattr(keras_gan.GAN, "fit", fit_shortly)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow)
        if SLOW.search(EXAMPLES[path][0])
        else path
        for path in EXAMPLES
        if path not in NOT_RUN
    ],
)
def test_every_example_prints_what_it_shows(path, folder, short):
    text, module = EXAMPLES[path]
    names = {**vars(module), "np": np, "tf": tf, "keras": keras, "Path": Path}
    names |= {"keras_gan": keras_gan, "runtime": keras_gan.export.runtime}
    for room in {path.split(".")[1] for path in NAMES if path.count(".") > 1}:
        names[room] = importlib.import_module(f"keras_gan.{room}")
    made = OTHERS.get(path, dict)()
    wanted = [name for name in USUAL if re.search(rf"\b{name}\b", text)]
    names |= {name: USUAL[name]() for name in wanted if name not in made} | made
    if "runtime.load" in text or "export.verify" in text or "model_card(" in text:
        gan = names.get("gan") or gan_of_images()
        if "digits.tflite" in text:
            keras_gan.export.save_litert(gan, "run/digits.tflite")
        else:
            keras_gan.export.save_onnx(gan, "run/digits.onnx")
    test = doctest.DocTestParser().get_doctest(text, names, path, None, None)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=flags)
    said = []
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_the_examples_that_do_not_run_are_there():
    assert len(EXAMPLES) > 120
    assert set(NOT_RUN) <= set(EXAMPLES)
