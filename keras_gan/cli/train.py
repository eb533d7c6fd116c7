"""The command `keras-gan train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError, check_choice
from keras_gan.cli.command_line import (
    choose_recipe,
    new_run_folder,
    parse_names,
    parse_settings,
    print_next,
    resumable,
)
from keras_gan.distribution.strategies import NAMES


def train(  # noqa: PLR0913 - a command has as many options as it needs
    preset: Annotated[str | None, typer.Argument(help="See `presets`.")] = None,
    *,
    config: Annotated[
        Path | None, typer.Option(help="A recipe, or a run's config.json.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="mnist_10k, a tensorflow-datasets name, folder:PATH, idx:PATH, "
            "npz:PATH."
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Images per step.")] = None,
    steps: Annotated[
        int | None, typer.Option(help="Stop after this many training steps.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seeds weights, noise and data order.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="Change any other field of the recipe, such as image_size=32.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder; by default a new one in runs")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Continue the run in --out from its newest checkpoint; it ends as if "
            "it had never been interrupted.",
        ),
    ] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where tensorflow-datasets keeps its data.")
    ] = None,
    strategy: Annotated[
        str,
        typer.Option(
            help="none; mirrored: all GPUs of this machine; multi-worker: the machines "
            "in TF_CONFIG."
        ),
    ] = "none",
    metrics: Annotated[
        str | None,
        typer.Option(
            help="Compare to the data after each epoch, as `evaluate` does, and keep "
            "the GAN that is best by the first: frechet,precision_recall."
        ),
    ] = None,
    checkpoint_steps: Annotated[
        int | None,
        typer.Option(help="Steps between two checkpoints; by default one a minute."),
    ] = None,
    deterministic: Annotated[
        bool,
        typer.Option(
            "--deterministic", help="Repeatable to the bit on any device; slower."
        ),
    ] = False,
) -> None:
    """Train a GAN from a preset or a recipe; leave a run folder."""
    check_choice("--strategy", strategy, NAMES)
    if resume and out is None:
        raise InputError("`--resume` needs the run's folder: `--out RUN`.")
    recipe, name = choose_recipe(preset, config, out if resume else None)
    changes = {"epochs": epochs, "batch_size": batch_size, "seed": seed, "data": data}
    changes = {field: value for field, value in changes.items() if value is not None}
    if data is not None:
        changes["split"] = "train"  # the recipe's split is of the recipe's data
    recipe = recipe.replace(**changes | parse_settings(set_ or []))
    folder = out or new_run_folder(name)

    from keras_gan._process import import_tensorflow
    from keras_gan.runs.folder import RunFolder

    if not resume and strategy != "multi-worker":
        RunFolder(folder).check_free()
    import_tensorflow(onednn=True)
    from keras_gan import experiment
    from keras_gan.training import is_chief

    if deterministic:
        experiment.make_deterministic()
    with resumable(folder):
        run = experiment.train(
            recipe,
            folder,
            name=name,
            steps=steps,
            data_dir=data_dir,
            resume=resume,
            strategy=strategy,
            checkpoint_steps=checkpoint_steps,
            metrics=parse_names(metrics),
        )
    if is_chief(run.gan.distribute_strategy):
        print_next(run.folder)
