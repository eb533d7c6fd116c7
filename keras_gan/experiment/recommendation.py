"""Recommends a recipe for pictures, measured on the machine that will train."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_gan import data
from keras_gan._checks import InputError, check_positive_float, counted
from keras_gan.data import DataSheet
from keras_gan.experiment.gan_from_recipe import build_gan
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.experiment.recommended_values import (
    Choice,
    choices_for,
    choose_length,
    choose_optimizers,
    image_size_of,
)
from keras_gan.metrics.verdicts import FEWEST_STEPS, FROM_TRAINED
from keras_gan.notebooks.tables import html_table
from keras_gan.presets import Recipe

_MEASURED_STEPS, _WARM_UP_STEPS = 20, 5
# The share of the time that figures, samples and saved files may take, and the seconds
# that they take at the end of an epoch with pictures of 64×64, on two cores.
_BESIDE_STEPS, _END_OF_EPOCH = 0.1, 6.0
# With fewer pictures a generator of minutes repeats what it has seen.
_FEW_PICTURES, _HOURS = 200, 600
# With fewer pictures none is kept from training.
_FEWEST_TO_SHARE = 20
_LARGE_PIXELS = 128 * 128
# Parts to train on and to keep back, in the order of preference, and the words for the
# latter. Data sets of tensorflow-datasets are stored in random order.
_HELD_OUT = (
    ("train", "test", "the part 'test', to tell copies from new pictures"),
    (
        "train[~::10]",
        "train[::10]",
        "every tenth picture, to tell copies from new pictures",
    ),
    ("train[10%:]", "train[:10%]", "a tenth, to tell copies from new pictures"),
)
# So many of the usual metrics are quick enough to compute after each epoch.
_FIGURES = 2


@dataclass(frozen=True, repr=False)
class Recommendation:
    """A recipe for given pictures, and why it is as it is.

    Attributes:
        recipe: The recipe, to train with, or to write to a file and edit.
        choices: The values by topic, and the reason for them in a line.
        warnings: What will not work well, and what to do, a sentence each.
        metrics: The names of the figures to train with, as in `experiment.train`.
        seconds_per_step: The time of a training step on this machine, in seconds.
        steps: The training steps of the whole training.
    """

    recipe: Recipe
    choices: tuple[Choice, ...]
    warnings: tuple[str, ...]
    metrics: tuple[str, ...]
    seconds_per_step: float
    steps: int

    def __str__(self) -> str:
        """Returns a line for each choice, then the warnings."""
        lines = [f"{choice.topic:<10} {choice.reason}" for choice in self.choices]
        return "\n".join([*lines, *(f"note: {warning}" for warning in self.warnings)])

    def __repr__(self) -> str:
        return f"Recommendation({self.recipe!r}, {counted(self.steps, 'step')})"

    def _repr_html_(self) -> str:
        """Returns a table of the choices and their reasons for notebooks."""
        rows = [(choice.topic, choice.reason) for choice in self.choices]
        notes = [f"note: {warning}" for warning in self.warnings]
        return html_table(rows, title=repr(self.recipe), notes=notes)


def recommend(
    source: str,
    *,
    minutes: float = 30.0,
    given: Mapping[str, Any] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
) -> Recommendation:
    """Chooses a recipe for a source of pictures, and fits its length into a time.

    The source is looked at as `data.data_sheet` does, and a GAN is trained for some
    steps to measure them.

    Args:
        source: A source of `data.load`.
        minutes: The time that the training may take on this machine, positive.
        given: Fields of the recipe that are not to be chosen.
        data_dir: The folder of tensorflow-datasets.

    Returns:
        The recipe with the reason for each choice; `print` shows the reasons.

    Raises:
        ValueError: If the source is wrong, `minutes` is not positive, or no recipe fits
            the pictures.

    Example:
        >>> chosen = experiment.recommend("mnist_10k", minutes=5)  # doctest: +SKIP
        >>> print(chosen)  # doctest: +SKIP
        >>> experiment.train(chosen.recipe, "runs/mine")  # doctest: +SKIP
    """
    minutes = check_positive_float("minutes", minutes)
    own = dict(given or {})
    sheet = data.data_sheet(
        source,
        split=own.get("split", "train"),
        source_range=own.get("source_range"),
        data_dir=data_dir,
    )
    held_out = _held_out(source, sheet, own, data_dir)
    choices = _not_given([*choices_for(sheet, own), *held_out], own)
    # The rates follow from the length, which follows from the time of a step.
    fields = _fields([choose_optimizers(1), *choices], own)
    recipe = Recipe.from_dict({"data": source, **fields, **own})
    # An epoch is one pass while steps are measured and counted.
    loaded = RecipeData(recipe.replace(passes_per_epoch=1), data_dir)
    seconds = seconds_per_step(recipe, loaded)
    if "epochs" not in own:
        steps = int(minutes * 60 * (1 - _BESIDE_STEPS) / seconds)
        length = choose_length(
            max(1, steps),
            loaded.steps_per_epoch,
            epochs=max(1, int(minutes * 60 * _BESIDE_STEPS / _END_OF_EPOCH)),
            passes_per_epoch=own.get("passes_per_epoch"),
        )
        choices.append(length)
        recipe = recipe.replace(**_fields([length], own))
    total = recipe.epochs * recipe.passes_per_epoch * loaded.steps_per_epoch
    rates = _not_given([choose_optimizers(total)], own)
    recipe = recipe.replace(**_fields(rates, own))
    minutes_per_step = seconds / (1 - _BESIDE_STEPS) / 60
    return Recommendation(
        recipe,
        (*choices, *rates),
        _warnings(sheet, recipe, total * minutes_per_step, minutes)
        + _too_short(recipe, total, minutes_per_step),
        loaded.reference().usual_metrics()[:_FIGURES],
        seconds,
        total,
    )


def _not_given(choices: Sequence[Choice], own: Mapping[str, Any]) -> list[Choice]:
    """Returns the choices of which the user has not set every field."""
    return [choice for choice in choices if not own.keys() >= choice.values.keys()]


def _fields(choices: Sequence[Choice], own: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values of choices by field, but for fields that are given."""
    chosen = {k: v for choice in choices for k, v in choice.values.items()}
    return {field: value for field, value in chosen.items() if field not in own}


def seconds_per_step(recipe: Recipe, loaded: RecipeData) -> float:
    """Returns the time of a training step of a recipe on this machine.

    Args:
        recipe: The recipe.
        loaded: Its data.
    """
    gan = build_gan(recipe, loaded)
    clock = _Clock()
    total = _WARM_UP_STEPS + _MEASURED_STEPS
    epochs = math.ceil(total / loaded.steps_per_epoch)
    gan.fit(loaded.batches, epochs=epochs, callbacks=[clock], verbose=0)
    return clock.seconds / max(1, clock.steps)


class _Clock(keras.callbacks.Callback):
    """Times the steps of a training after the first few, and ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.steps, self.seconds, self._start, self._done = 0, 0.0, 0.0, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Counts a step."""
        self._done += 1
        if self._done == _WARM_UP_STEPS:
            self._start = time.perf_counter()
        elif self._done > _WARM_UP_STEPS:
            self.steps = self._done - _WARM_UP_STEPS
            self.seconds = time.perf_counter() - self._start
        if self.model is not None and self.steps >= _MEASURED_STEPS:
            self.model.stop_training = True


def _held_out(
    source: str,
    sheet: DataSheet,
    given: Mapping[str, Any],
    data_dir: str | os.PathLike[str] | None,
) -> list[Choice]:
    """Chooses a tenth that training does not see, where the source has no test part."""
    if "split" in given or sheet.num_examples < _FEWEST_TO_SHARE:
        return []
    for split, test_split, told in _HELD_OUT:
        try:
            data.info(source, split=test_split, data_dir=data_dir)
        except InputError:
            continue
        values = {"split": split, "test_split": test_split}
        return [Choice("kept back", values, told)]
    return []


def _warnings(
    sheet: DataSheet, recipe: Recipe, needed: float, minutes: float
) -> tuple[str, ...]:
    """Returns what will not work well with these pictures, and what to do."""
    told = []
    if sheet.num_examples < _FEW_PICTURES:
        trained = f", or {FROM_TRAINED}"
        told.append(
            f"there are few pictures ({sheet.num_examples}): samples will be near to "
            f"them. Bring some hundred more{'' if recipe.pretrained else trained}."
        )
    if sheet.duplicates:
        copies = sum(len(group) - 1 for group in sheet.duplicates)
        told.append(
            f"the data hold {counted(copies, 'exact copy', 'exact copies')}, which the "
            "generator would repeat: remove them; `keras-gan data SOURCE --json` names "
            "them."
        )
    if needed > 1.5 * minutes:
        told.append(
            f"this training takes about {needed:.0f} minutes here, and {minutes:g} "
            "were given: take a smaller `image_size`, a part of the data "
            "(`split=train[:10000]`), fewer `epochs`, or more minutes."
        )
    pixels = math.prod(image_size_of(recipe.image_size, sheet))
    if pixels >= _LARGE_PIXELS and minutes < _HOURS:
        told.append(
            "pictures of this size need hours on a CPU, or a GPU: begin with "
            f"`image_size=64`, or give {_HOURS} minutes."
        )
    return tuple(told)


def _too_short(recipe: Recipe, steps: int, minutes_per_step: float) -> tuple[str, ...]:
    """Returns what to do about a training that ends before shapes are seen."""
    if steps >= FEWEST_STEPS or recipe.pretrained is not None:
        return ()
    return (
        f"{steps:,} steps give blots: shapes begin after some {FEWEST_STEPS:,}, here "
        f"{math.ceil(FEWEST_STEPS * minutes_per_step)} minutes; give more minutes, or "
        f"{FROM_TRAINED}.",
    )
