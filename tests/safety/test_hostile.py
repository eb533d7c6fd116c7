"""Hostile files are refused by every loader, before anything runs or is opened."""

from __future__ import annotations

import json
import re
import types
from pathlib import Path

import keras
import pytest
import tensorflow as tf
from cases import hostile_files
from cases.hostile_loads import what_happens
from harness.processes import Started
from keras.src.backend.common import global_state

from keras_gan import experiment, presets
from keras_gan._checks import InputError

NAMES = [
    *hostile_files.KERAS,
    *hostile_files.ONNX,
    *hostile_files.LITERT,
    *hostile_files.SAVED_MODEL,
]
# What says it in other words than "refused".
OTHER_WORDS = {"legacy_h5": "must be", "manifest_above": "not a usable manifest"}


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("safety")
    paths = {name: base / name for name in ("good", "hostile", "outside")}
    for path in paths.values():
        path.mkdir()
    return types.SimpleNamespace(base=base, **paths)


@pytest.fixture(scope="session")
def good(folders):
    return hostile_files.write_good(folders.good)


@pytest.fixture(scope="session")
def outcomes(folders, good):
    """What each loader did with each file, in a process of their own."""
    hostile_files.write_hostile(folders.hostile, good, folders.outside)
    recipe = folders.base / "config.json"
    content = {"name": "x", "recipe": presets.get("digits").recipe.to_dict()}
    recipe.write_text(json.dumps(content))
    arguments = [folders.hostile, folders.outside, recipe]
    return Started(what_happens, *arguments).result(timeout=240)


def test_there_are_enough_files_and_each_was_tried(outcomes):
    assert len(NAMES) >= 20
    assert set(outcomes) == set(NAMES)
    assert min(map(len, outcomes.values())) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_hostile_file_is_refused_by_every_loader(outcomes, name):
    for loader, outcome in outcomes[name].items():
        words = ("refused", OTHER_WORDS.get(name, "refused"))
        said = outcome["said"]
        assert said is not None, f"{loader} loaded it"
        assert not said.startswith("!"), (loader, said)
        assert any(word in said for word in words), (loader, said)
        assert "\n" not in said
        assert outcome["acts"] == [], (loader, outcome)
        assert outcome["opened"] == [], (loader, outcome)
        assert not outcome["canary"], loader


def test_the_page_lists_each_attack_with_what_is_said(outcomes):
    page = Path(__file__).parents[2] / "docs" / "safety.md"
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", page.read_text("utf-8"), re.M)
    assert [name for name, _ in rows] == NAMES
    for name, sentence in rows:
        pattern = ".*".join(map(re.escape, sentence.split("…")))
        said = [outcome["said"] for outcome in outcomes[name].values()]
        assert any(re.search(pattern, text) for text in said), (name, said)


def test_the_files_would_do_it_if_they_were_loaded(folders, outcomes):
    canary = folders.outside / "canary"
    keras.saving.load_model(folders.hostile / "lambda_alone.keras", safe_mode=False)(
        tf.zeros((1, 8, 8, 1))
    )
    assert canary.exists()
    for name in ("writes_a_file", "prints_to_a_file"):
        canary.unlink()
        loaded = tf.saved_model.load(str(folders.hostile / name))
        loaded.signatures["serving_default"](z=tf.zeros((1, 4)))
        assert canary.exists(), name
    canary.unlink()


def test_unsafe_deserialization_in_keras_changes_nothing(folders, outcomes):
    keras.config.enable_unsafe_deserialization()
    try:
        for name in ("lambda", "lambda_alone", "lambda_as_activation"):
            with pytest.raises(InputError, match="refused: it holds a"):
                experiment.load_gan(folders.hostile / f"{name}.keras")
    finally:
        global_state.set_global_attribute("safe_mode_saving", None)
    assert not (folders.outside / "canary").exists()


def test_good_files_are_loaded(good):
    gan = experiment.load_gan(good["keras"])
    assert gan.sample(1, seed=1).shape == (1, 8, 8, 1)
