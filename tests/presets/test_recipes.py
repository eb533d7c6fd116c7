"""Recipes and the presets made of them."""

import json

import numpy as np
import pytest
from harness.processes import run_python

from keras_gan import presets

ADAM = {"name": "adam", "learning_rate": 1e-3}
SMALLEST = {
    "architecture": "dcgan",
    "generator_optimizer": ADAM,
    "discriminator_optimizer": ADAM,
}


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_survives_json(name):
    recipe = presets.get(name).recipe
    assert presets.Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_says_what_it_is(name):
    preset = presets.get(name)
    texts = (preset.summary, preset.reproduces, preset.expected, preset.duration)
    assert preset.name == name
    assert all(texts)
    assert len(preset.summary) < 80


def test_the_presets_of_the_2014_paper_hold_its_values():
    paper = presets.get("algorithm1").recipe
    assert (paper.loss, paper.discriminator_steps) == ("minimax", 1)
    authors = presets.get("goodfellow2014").recipe
    assert authors.loss == "non_saturating"
    assert authors.split == "train[:50000]"
    for recipe in (paper, authors):
        assert recipe.architecture == "goodfellow_mlp"
        assert (recipe.prior, recipe.latent_dim) == ("uniform", 100)
        assert (recipe.batch_size, recipe.value_range) == (100, (0.0, 1.0))


def test_a_recipe_is_read_from_its_own_file_and_from_a_runs_config(tmp_path):
    recipe = presets.get("digits").recipe.replace(epochs=3, image_size=(8, 8))
    plain, config = tmp_path / "recipe.json", tmp_path / "config.json"
    plain.write_text(json.dumps(recipe.to_dict()))
    config.write_text(json.dumps({"name": "x", "recipe": recipe.to_dict()}))
    assert presets.Recipe.from_file(plain) == recipe
    assert presets.Recipe.from_file(config) == recipe


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch": 3}, "no field 'epoch'. Did you mean 'epochs'?"),
        ({"epochs": 0}, "`epochs` must be an integer >= 1; got 0"),
        ({"epochs": True}, "`epochs` must be an integer >= 1; got True"),
        ({"seed": -1}, "`seed` must be an integer >= 0"),
        ({"batch_size": 10, "discriminator_steps": 3}, "multiple of `discriminator_st"),
        ({"value_range": [1, 0]}, "`value_range` must be a pair"),
        ({"prior": "gauss"}, "`prior` must be one of"),
        ({"labels": 1}, "`labels` must be true or false"),
        ({"ema_decay": 1.5}, "`ema_decay` must be in (0, 1)"),
        ({"ema_decay": "high"}, "`ema_decay` must be in (0, 1)"),
        ({"jit_compile": "yes"}, "`jit_compile` must be"),
        ({"generator_optimizer": "adam"}, "`generator_optimizer` must be a mapping"),
        ({"discriminator_optimizer": {"learning_rate": 1}}, "with a 'name'"),
        ({"penalties": [{"gamma": 1}]}, "`penalties` must be a mapping with a 'name'"),
        ({"penalties": 3}, "`penalties` must be a list"),
        ({"penalties": "R1"}, 'must be a list: [{"name": "R1", "gamma": 1.0, "every":'),
        ({"penalties": ["R1"]}, 'such as {"name": "R1", "gamma": 1.0, "every": 16}'),
        ({"architecture_options": []}, "`architecture_options` must be a mapping"),
        ({"data": 3}, "`data` must be the name of a source"),
        ({"data": np.zeros((9, 8, 8))}, "got ndarray. Save an array by `numpy.savez"),
        ({"loss": 3}, """`loss` must be a mapping with a 'name', such as "hinge" or"""),
        ({"augment": "DiffAugment"}, "`augment` must be a mapping with a 'name'"),
        ({"pack": 0}, "`pack` must be an integer >= 1"),
        ({"pack": 3}, "multiple of `discriminator_steps` times `pack`, which is 3"),
        ({"pack": 2, "labels": True}, "`pack` > 1 is for GANs without labels"),
    ],
)
def test_a_wrong_value_is_named(changes, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        presets.Recipe.from_dict(SMALLEST | changes)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", "`recipe` must be a mapping"),
        ("{}", "The recipe lacks `architecture`"),
        ("architecture: dcgan", "cannot be read as JSON: .*Recipes are JSON, as"),
        (
            json.dumps(SMALLEST | {"lr": 1}),
            "has no field 'lr'. Did you mean 'gen",
        ),
    ],
)
def test_a_wrong_file_is_named(tmp_path, content, message):
    path = tmp_path / "recipe.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValueError, match=message) as caught:
        presets.Recipe.from_file(path)
    assert str(path) in str(caught.value)


def test_an_unknown_preset_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'goodfellow2014'"):
        presets.get("goodfellow")


def test_presets_are_there_without_tensorflow():
    program = (
        "import sys; from keras_gan import presets; presets.get('digits'); "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    run_python(program)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("lr", "'generator_optimizer.learning_rate' or 'discriminator_optimizer.l"),
        ("optimizer", "'generator_optimizer' or 'discriminator_optimizer'?"),
        ("optimizer.beta_1", "'generator_optimizer' or 'discriminator_optimizer'?"),
        ("ema", "'ema_decay'?"),
        ("batch", "'batch_size'?"),
        (
            "gamma",
            """'penalties', such as [{"name": "R1", "gamma": 1.0,""",
        ),
        ("epoch", "'epochs'?"),
        ("dataset", "'data'?"),
        ("n_critic", "'discriminator_steps'?"),
    ],
)
def test_an_unknown_field_is_answered_with_the_one_that_is_meant(name, meant):
    with pytest.raises(ValueError, match="Did you mean") as caught:
        presets.get("digits").recipe.replace(**{name: 1})
    assert str(caught.value).endswith(meant) or meant in str(caught.value)


def test_a_field_like_no_other_is_answered_with_all():
    with pytest.raises(ValueError, match=r"no field 'xyz'; it has architecture, .*"):
        presets.get("digits").recipe.replace(xyz=1)
