"""Describes a run that begins in a few lines: data, networks, training, folder."""

from __future__ import annotations

from keras_gan._checks import counted
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.training import GAN


def start_lines(
    folder: RunFolder,
    recipe: Recipe,
    gan: GAN,
    data: RecipeData,
    steps: int,
    began: str | None = None,
) -> str:
    """Returns lines of text about a run that begins.

    Args:
        folder: The folder of the run.
        recipe: The recipe of the run.
        gan: The GAN to train.
        data: The data to train on.
        steps: The steps of the whole training.
        began: Tells which layers start from another training; None if none do.
    """
    shape = "×".join(map(str, data.image_shape))
    classes = ""
    if data.num_classes is not None:
        classes = f" in {counted(data.num_classes, 'class', 'classes')}"
    networks = ", ".join(
        f"{name} {network.count_params():,}"
        for name, network in (
            ("generator", gan.generator),
            ("discriminator", gan.discriminator),
        )
    )
    epochs = steps / data.steps_per_epoch
    return "\n".join(
        (
            f"data     {recipe.data} ({recipe.split}), {data.info.num_examples:,} of "
            f"{shape}{classes}",
            f"networks {networks} parameters",
            *([] if began is None else [f"start    {began}"]),
            f"training {counted(steps, 'step')} of {recipe.batch_size}, {epochs:.3g} "
            f"{'epoch' if epochs == 1 else 'epochs'}",
            f"folder   {folder}",
        )
    )
