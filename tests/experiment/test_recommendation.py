"""The recommended recipe: each choice for the pictures that it is made for."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from keras_gan import experiment
from keras_gan.data import DataSheet
from keras_gan.experiment.recommended_values import (
    choices_for,
    choose_labels,
    choose_length,
    choose_penalty,
    choose_size,
)

SHEET = DataSheet(
    num_examples=1000,
    looked_at=1000,
    heights=(64, 64, 64),
    widths=(64, 64, 64),
    channels=3,
    has_alpha=False,
    bits=8,
    class_counts={},
    duplicates=(),
    near_duplicates=(),
)


def sheet(**changes):
    return dataclasses.replace(SHEET, **changes)


def sized(height, width, **changes):
    return sheet(heights=(height,) * 3, widths=(width,) * 3, **changes)


@pytest.mark.parametrize(
    ("pictures", "values"),
    [
        (sized(28, 28), {"image_size": None}),
        (sized(64, 96), {"image_size": None}),
        (sized(300, 200), {"image_size": (96, 64), "resize": "crop"}),
        (sized(200, 300), {"image_size": (64, 96), "resize": "crop"}),
        (sized(30, 30), {"image_size": 28, "resize": "crop"}),
        (sized(512, 512), {"image_size": 64, "resize": "crop"}),
        (sized(512, 512, has_alpha=True), {"image_size": 64, "resize": "pad"}),
        (
            sheet(heights=(40, 50, 90), widths=(30, 80, 200)),
            {"image_size": 48, "resize": "crop"},
        ),
    ],
)
def test_the_size_is_one_that_the_networks_can_make(pictures, values):
    assert choose_size(pictures).values == values


def test_labels_are_used_where_each_class_has_enough_pictures():
    assert not choose_labels(sheet()).values["labels"]
    assert not choose_labels(sheet(class_counts={"a": 500, "b": 49})).values["labels"]
    assert choose_labels(sheet(class_counts={"a": 500, "b": 50})).values["labels"]


def test_the_penalty_is_in_proportion_to_pixels_over_batch():
    def gamma(*arguments):
        return choose_penalty(*arguments).values["penalties"][0]["gamma"]

    assert gamma(64 * 64, 32) == 1.0
    assert gamma(32 * 32, 32) == 0.25
    assert gamma(64 * 64, 16) == 2.0


@pytest.mark.parametrize(
    ("steps", "per_pass", "epochs", "passes"),
    [(15_000, 3, 25, 200), (15_000, 3000, 5, 1), (10, 3000, 1, 1), (750, 10, 25, 3)],
)
def test_the_length_fits_the_steps_into_about_25_epochs(
    steps, per_pass, epochs, passes
):
    values = choose_length(steps, per_pass, 30).values
    assert values == {"epochs": epochs, "passes_per_epoch": passes}


def test_each_choice_has_a_reason_in_one_line():
    for choice in choices_for(sheet(has_alpha=True, channels=3), {}):
        assert choice.values
        assert "\n" not in choice.reason


def test_a_folder_is_trained_from_its_recommendation(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(40):
        pixels = rng.integers(0, 256, (9, 14, 4)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    chosen = experiment.recommend(
        f"folder:{folder}",
        minutes=0.001,
        given={"batch_size": 8, "architecture_options": {"largest_filters": 8}},
    )
    recipe = chosen.recipe
    assert (recipe.channels, recipe.resize, recipe.batch_size) == (4, "pad", 8)
    assert (recipe.split, recipe.test_split) == ("train[~::10]", "train[::10]")
    assert chosen.steps == recipe.epochs * recipe.passes_per_epoch * 4
    assert chosen.seconds_per_step > 0
    assert "40 pictures are few" in str(chosen)
    run = experiment.train(
        recipe.replace(epochs=1, passes_per_epoch=1), tmp_path / "run", progress=False
    )
    assert run.gan.sample(2, seed=0).shape == (2, *run.gan.image_shape)
    assert run.gan.image_shape[-1] == 4
