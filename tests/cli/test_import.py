"""Classes of the user's own on the command line: never without being asked for."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import keras
import pytest
from harness.commands import assert_mistake, invoke, succeed
from harness.gans import dense_networks

import keras_gan

PARTS = """
import keras

import my_other_part

@keras.saving.register_keras_serializable("mine")
class Brighter(keras.layers.Layer):
    def call(self, images):
        return keras.ops.minimum(images + 0.1, 1.0)

@keras.saving.register_keras_serializable("mine")
class Drift(my_other_part.Penalty):
    pass
"""
OTHER = """
from keras_gan.losses.penalties import Penalty as Base

class Penalty(Base):
    def __call__(self, discriminator, real, fake):
        return 0.0
"""


def forget():
    """Leaves the process as one that has never heard of the modules."""
    for name in ("my_parts", "my_other_part"):
        sys.modules.pop(name, None)
    custom = keras.saving.get_custom_objects()
    for name in ("mine>Brighter", "mine>Drift"):
        custom.pop(name, None)


@pytest.fixture(scope="session")
def commands():
    """The options of each command, as the list of public names holds them."""
    names = Path(__file__).parents[1] / "public_names.json"
    listed = json.loads(names.read_text())["commands"]
    return {name.removeprefix("keras-gan "): found for name, found in listed.items()}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with modules of somebody's own, and a GAN made of their classes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_parts.py").write_text(PARTS)
    (tmp_path / "my_other_part.py").write_text(OTHER)
    monkeypatch.syspath_prepend(tmp_path)
    parts: Any = importlib.import_module("my_parts")
    generator, discriminator = dense_networks()
    generator = keras.Sequential([generator, parts.Brighter()])
    gan = keras_gan.GAN(generator, discriminator, seed=1)
    gan.compile("sgd", "sgd", penalties=[parts.Drift()])
    gan.save(tmp_path / "own.keras")
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(tmp_path)])
    forget()
    yield tmp_path
    forget()


def test_a_file_with_own_classes_is_opened_where_their_module_is_asked_for(place):
    before = list(sys.path)
    refused = "first that registers it (keras.saving.register_keras_serializable), on"
    assert_mistake("sample own.keras --out no.png", refused, place)
    found = invoke("inspect", "own.keras", "--json")
    assert found.exit_code == 1
    assert "`--import MODULE`" in json.loads(found.stdout)["reasons"][0]
    assert "my_parts" not in sys.modules
    line = "sample own.keras --out no.png --import"
    assert_mistake(f"{line} nowhere", "there is no module 'nowhere' in this", place)
    assert_mistake(f"{line} my_parts.py", "the name of a module", place)
    (place / "broken.py").write_text("import missing_module")
    raised = "it raises ModuleNotFoundError: No module named 'missing_module'"
    assert_mistake(f"{line} broken", raised, place)
    asked = ("--import", "my_other_part", "--import", "my_parts")
    succeed("sample", "own.keras", "--n", 1, "--out", "yes.png", *asked)
    assert (place / "yes.png").is_file()
    assert sys.path == before
    assert "safe to load" in succeed("inspect", "own.keras", *asked)


def test_every_command_that_opens_a_generator_has_the_option(commands):
    opening = {
        name
        for name, options in commands.items()
        if {"source", "run", "artifacts", "path", "--from"} & set(options)
    }
    assert {"sample", "export web", "inspect", "bench", "train"} <= opening
    # These read tables, pictures and manifests, and load no classes.
    others = {"animate", "data", "verify"}
    assert {n for n in opening if "--import" not in commands[n]} == others
