"""The command `keras-gan train`."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keras_gan._checks import InputError, check_choice, printable
from keras_gan._process import import_tensorflow, program
from keras_gan.cli.describing import name_of, recommended
from keras_gan.cli.importing import Imports, import_modules, import_options
from keras_gan.cli.options import (
    DataDir,
    From,
    SourceRange,
    check_data,
    parse_names,
    parse_range,
    parse_settings,
    with_settings,
)
from keras_gan.distribution.strategies import NAMES
from keras_gan.runs.folder import LONGEST_NAME, RunFolder, check_name

if TYPE_CHECKING:
    from keras_gan.presets import Recipe

# Parameters that a run's config.json holds, so that `--resume` need not be told again.
_RECIPE = ("preset", "config", "data", "from_", "epochs", "batch_size", "seed", "set_")
_RECORDED = (*_RECIPE, "minutes", "source_range", "metrics", "track", "name")

_Preset = Annotated[str | None, typer.Argument(help="See `presets`.")]
_Config = Annotated[Path | None, typer.Option(help="A recipe, or a run's config.json.")]
_Data = Annotated[
    str | None,
    typer.Option(
        help="mnist_10k, a tensorflow-datasets name, folder:PATH, idx:PATH, npz:PATH."
    ),
]
_Epochs = Annotated[int | None, typer.Option(help="Passes over the data.")]
_BatchSize = Annotated[int | None, typer.Option(help="Images per step.")]
_Minutes = Annotated[
    float | None,
    typer.Option(
        help="The time of a training without a preset on this machine; 30 by default."
    ),
]
_Steps = Annotated[
    int | None, typer.Option(help="Stop after this many training steps.")
]
_Seed = Annotated[int | None, typer.Option(help="Seeds weights, noise and data order.")]
_Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Change any other field of the recipe, such as image_size=32, "
        "generator_optimizer.beta_1=0 or "
        '\'penalties=[{"name": "R1", "gamma": 1.0, "every": 16}]\'.',
    ),
]
_Out = Annotated[
    Path | None, typer.Option(help="The run's folder; by default a new one in runs")
]
_Name = Annotated[
    str | None,
    typer.Option(
        help="The name of the run in reports, comparisons and the cards of exports, "
        "such as 'my faces'; by default that of the preset, the recipe or the data."
    ),
]
_Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue the run in --out from its newest checkpoint; it ends as if it "
        "had never been interrupted.",
    ),
]
_Strategy = Annotated[
    str,
    typer.Option(
        help="none; mirrored: all GPUs of this machine; multi-worker: the machines in "
        "TF_CONFIG."
    ),
]
_Metrics = Annotated[
    str | None,
    typer.Option(
        help="Compare to the data after each epoch, as `evaluate` does, and keep the "
        "GAN that is best by the first: frechet,precision_recall."
    ),
]
_Track = Annotated[
    str | None,
    typer.Option(
        help="Record the run by trackers, with commas: wandb, mlflow, tensorboard."
    ),
]
_CheckpointSteps = Annotated[
    int | None,
    typer.Option(help="Steps between two checkpoints; by default one a minute."),
]
_Deterministic = Annotated[
    bool,
    typer.Option(
        "--deterministic", help="Repeatable to the bit on any device; slower."
    ),
]


def train(  # noqa: PLR0913 - a command has as many options as it needs
    preset: _Preset = None,
    *,
    config: _Config = None,
    data: _Data = None,
    source_range: SourceRange = None,
    from_: From = None,
    epochs: _Epochs = None,
    batch_size: _BatchSize = None,
    minutes: _Minutes = None,
    steps: _Steps = None,
    seed: _Seed = None,
    set_: _Settings = None,
    out: _Out = None,
    name: _Name = None,
    resume: _Resume = False,
    data_dir: DataDir = None,
    strategy: _Strategy = "none",
    metrics: _Metrics = None,
    track: _Track = None,
    checkpoint_steps: _CheckpointSteps = None,
    deterministic: _Deterministic = False,
    import_: Imports = None,
) -> None:
    """Train a GAN from a preset, a recipe or pictures alone; leave a run folder.

    Without a preset and a recipe, `--data` is enough: the recipe is chosen as
    `recommend` does.
    """
    given = _command_line(locals())
    _check(strategy, data, name, resume, out)
    import_modules(import_)
    changes = {
        "epochs": epochs,
        "batch_size": batch_size,
        "seed": seed,
        "data": data,
        "pretrained": None if from_ is None else str(from_),
        "source_range": parse_range("--source-range", source_range),
    }
    resumed = _run_to_continue(preset, config, data, out) if resume else None
    recipe, usual_name = _chosen_recipe(preset, config, data, resumed)
    if minutes is not None and recipe is not None and resumed is None:
        raise _minutes_without_use()
    folder = out or _new_run_folder(usual_name)
    figures = parse_names(metrics)
    # Mistakes of the recipe come before one of the folder.
    if recipe is not None:
        recipe = _changed(recipe, changes, set_, continued=bool(resumed))
    if not resume and strategy != "multi-worker":
        RunFolder(folder).check_free()
    if recipe is None:
        _check_one_machine(strategy)
        recipe, usual = recommended(str(data), minutes, changes, set_, data_dir)
        figures = figures or usual
    _train(
        recipe,
        folder,
        deterministic,
        given=given,
        name=name or _usual_name(usual_name, folder, resume),
        steps=steps,
        data_dir=data_dir,
        resume=resume,
        strategy=strategy,
        checkpoint_steps=checkpoint_steps,
        metrics=figures,
        track=parse_names(track),
    )


def _check(
    strategy: str, data: str | None, name: str | None, resume: bool, out: Path | None
) -> None:
    """Refuses wrong options before anything is read or written."""
    check_choice("--strategy", strategy, NAMES)
    check_data(data)
    if name is not None:
        check_name(name)
    if resume and out is None:
        raise InputError("`--resume` needs the run's folder: `--out RUN`.")


def _train(
    recipe: Recipe,
    folder: Path,
    deterministic: bool,
    given: dict[str, list[str]],
    **options: Any,
) -> None:
    """Trains, and prints the files of the run and commands for it."""
    import_tensorflow()
    from keras_gan import experiment
    from keras_gan.training import is_chief

    if deterministic:
        experiment.make_deterministic()
    with _resumable(folder, given):
        run = experiment.train(recipe, folder, **options)
    if is_chief(run.gan.distribute_strategy):
        _print_next(run.folder)


def _chosen_recipe(
    preset: str | None, config: Path | None, data: str | None, resumed: Path | None
) -> tuple[Recipe | None, str]:
    """Returns the recipe of a preset, a file or a run to continue, and its name.

    Data alone have no recipe yet.
    """
    from keras_gan import presets

    if preset is not None and config is not None:
        raise InputError("Give either a preset or `--config`, not both.")
    if preset is not None:
        return presets.get(preset).recipe, preset
    if config is not None:
        of_run = config.name == "config.json"
        name = config.resolve().parent.name if of_run else config.stem
        return presets.Recipe.from_file(config), name
    if resumed is None and data is not None:
        return None, name_of(data)
    if resumed is None:
        raise InputError(
            f"Name a preset ({', '.join(presets.names())}), or give `--config FILE` "
            "or your pictures alone, `--data folder:PATH`; `--resume` needs `--out "
            "RUN`."
        )
    folder = RunFolder(resumed)
    # First, because it says that a folder is no run.
    name = folder.read_name()
    return presets.Recipe.from_file(folder.config), name


def _run_to_continue(
    preset: str | None, config: Path | None, data: str | None, out: Path | None
) -> Path | None:
    """Returns the folder whose recipe is continued where the command names none.

    A command with data alone that ended before the folder had a recipe begins anew.
    """
    if out is None or preset is not None or config is not None:
        return None
    begun = data is None or RunFolder(out).config.is_file()
    return out if begun else None


def _usual_name(name: str, folder: Path, resume: bool) -> str | None:
    """Returns the name of a run without `--name`; None keeps that of a resumed run."""
    if resume and RunFolder(folder).config.is_file():
        return None
    return printable(name, LONGEST_NAME).strip() or None


def _check_one_machine(strategy: str) -> None:
    """Refuses to measure on several machines, which would choose several lengths."""
    if strategy == "multi-worker":
        raise InputError(
            "`--strategy multi-worker` needs one recipe for all workers, and `--data` "
            "alone measures each machine: make one by `keras-gan recommend SOURCE "
            "--out recipe.json`, and give `--config recipe.json`."
        )


def _minutes_without_use() -> InputError:
    return InputError(
        "`--minutes` is for `--data` without a preset and `--config`; elsewhere "
        "`--epochs` or `--steps` say how long to train."
    )


def _changed(
    recipe: Recipe, changes: dict[str, Any], set_: list[str] | None, *, continued: bool
) -> Recipe:
    """Returns a recipe with what was given, and the split and range of other data.

    A run that is continued has the same data, which may have moved.
    """
    settings = with_settings(recipe.to_dict(), parse_settings(set_))
    given = {field: value for field, value in changes.items() if value is not None}
    if "data" in given and not continued:
        # The split and the range in the recipe are those of the recipe's data.
        given = {"split": "train", "source_range": None} | given
    return recipe.replace(**given | settings)


def _new_run_folder(name: str) -> Path:
    """Returns a folder in `runs` that does not exist yet."""
    folder, number = Path("runs", name), 1
    while folder.exists():
        number += 1
        folder = Path("runs", f"{name}-{number}")
    return folder


def _command_line(values: dict[str, Any]) -> dict[str, list[str]]:
    """Returns the arguments that were given to `train`, by name, but for the folder.

    Args:
        values: The parameters of `train` and their values.
    """
    given: dict[str, list[str]] = {}
    for name, value in values.items():
        default = value is None or value is False or value == "none"
        if default or name in ("out", "resume"):
            continue
        option = [] if name == "preset" else [f"--{name.strip('_').replace('_', '-')}"]
        if value is True:
            given[name] = option
        else:
            listed = value if isinstance(value, list) else [value]
            given[name] = [part for one in listed for part in (*option, str(one))]
    return given


@contextlib.contextmanager
def _resumable(folder: Path, given: dict[str, list[str]]) -> Iterator[None]:
    """Prints how to continue a run that a signal interrupts, and exits with its code.

    Args:
        folder: The folder of the run.
        given: The arguments of the command.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as interruption:
        code = 130 if isinstance(interruption, KeyboardInterrupt) else interruption.code
        recorded = _RECORDED if RunFolder(folder).config.is_file() else ()
        parts = [part for name in given if name not in recorded for part in given[name]]
        again = shlex.join(["train", *parts, "--resume", "--out", str(folder)])
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(
                f"keras-gan: interrupted; continue with: {program()} {again}",
                file=sys.stderr,
            )
        raise typer.Exit(code if isinstance(code, int) else 1) from None


def _print_next(run: RunFolder) -> None:
    choice = run.saved_gan().choice if run.gan.is_file() else None
    best = "" if choice is None else f" (using {choice}; --which last for the last)"
    print(f"\nsamples  {run.samples}\nreport   {run.report}\n\nNext{best}:")
    for command in run.commands(program(), import_options()):
        print(f"  {command}")
