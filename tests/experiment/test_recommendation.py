"""The recommended recipe: each choice for the pictures that it is made for."""

import dataclasses

import numpy as np
import pytest
from harness.pictures import save_pictures

from keras_gan import experiment, export
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
    cropped=0.0,
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
    chosen = choose_size(pictures)
    assert chosen.values == values
    (low, _, high), (narrow, _, broad) = pictures.heights, pictures.widths
    stored = f" from pictures {low} to {high} high and {narrow} to {broad} wide, "
    if pictures.has_one_size:
        stored = f"{high}×{broad}" + " (height × width)" * (high != broad) + ", "
    assert stored in chosen.reason


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
    values = choose_length(steps, per_pass).values
    assert values == {"epochs": epochs, "passes_per_epoch": passes}


def test_a_short_training_has_few_ends_of_epochs():
    values = choose_length(750, 10, epochs=3).values
    assert values == {"epochs": 3, "passes_per_epoch": 25}
    values = choose_length(750, 10, epochs=3, passes_per_epoch=5).values
    assert values == {"epochs": 15, "passes_per_epoch": 5}


def test_each_choice_has_a_reason_in_one_line():
    for choice in choices_for(sheet(has_alpha=True, channels=3), {}):
        assert choice.values
        assert "\n" not in choice.reason


def test_a_folder_is_trained_from_its_recommendation(tmp_path):
    folder = save_pictures(tmp_path / "pictures", 40, (9, 14, 4))
    chosen = experiment.recommend(
        f"folder:{folder}",
        minutes=0.001,
        given={"batch_size": 8, "architecture_options": {"generator_filters": 8}},
    )
    recipe = chosen.recipe
    assert (recipe.channels, recipe.resize, recipe.batch_size) == (4, "pad", 8)
    assert (recipe.split, recipe.test_split) == ("train[~::10]", "train[::10]")
    assert chosen.steps == recipe.epochs * recipe.passes_per_epoch * 4
    assert chosen.seconds_per_step > 0
    assert "there are few pictures (40)" in str(chosen)
    run = experiment.train(
        recipe.replace(epochs=1, passes_per_epoch=1), tmp_path / "run", progress=False
    )
    assert run.gan.sample(2, seed=0).shape == (2, *run.gan.image_shape)
    assert run.gan.image_shape[-1] == 4


def test_what_is_given_is_not_chosen(tmp_path):
    folder = save_pictures(tmp_path / "pictures", 40, (8, 8, 3))
    given = {"passes_per_epoch": 7, "split": "train[:24]", "batch_size": 8}
    chosen = experiment.recommend(f"folder:{folder}", minutes=0.001, given=given)
    assert given.items() <= chosen.recipe.to_dict().items()
    assert chosen.recipe.test_split is None
    assert chosen.steps == chosen.recipe.epochs * 7 * 3


KINDS = {
    "transparent": {"shape": (20, 30, 4)},
    "16 bits": {"shape": (12, 12), "bits": 16},
    "photographs of 300×200": {"shape": (300, 200, 3), "suffix": "jpg"},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, "five channels"])
def test_pictures_of_any_kind_come_to_a_verified_export(kind, tmp_path):
    """With no option but the path; the training is cut short."""
    if kind == "five channels":
        images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 5), np.uint8)
        np.savez(tmp_path / "pictures.npz", images=images)
        source = f"npz:{tmp_path / 'pictures.npz'}"
    else:
        source = f"folder:{save_pictures(tmp_path / 'pictures', 40, **KINDS[kind])}"
    chosen = experiment.recommend(source, minutes=0.001)
    recipe = chosen.recipe.replace(epochs=1, passes_per_epoch=1)
    run = experiment.train(
        recipe, tmp_path / "run", metrics=chosen.metrics, progress=False
    )
    height, width, channels = run.gan.image_shape
    expected = {"transparent": 4, "16 bits": 1, "five channels": 5}.get(kind, 3)
    assert channels == expected
    if kind.startswith("photographs"):
        assert (height, width) == (96, 64)
    export.save_onnx(run.gan, tmp_path / "generator.onnx")
    export.verify(tmp_path / "generator.onnx")
    assert export.runtime.load(tmp_path / "generator.onnx").sample(2, seed=1).shape == (
        2,
        height,
        width,
        channels,
    )
