"""Puts the commands of `keras-gan` together.

Each command imports its libraries when it runs, so that the help, the presets and
sampling from an ONNX file work without TensorFlow.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Annotated

import typer

from keras_gan._checks import InputError
from keras_gan._registration import ImportHook
from keras_gan._version import __version__
from keras_gan.cli import drawing, exporting
from keras_gan.cli.benchmarking import bench
from keras_gan.cli.comparing import compare
from keras_gan.cli.describing import describe, recommend
from keras_gan.cli.errors import Command, Commands
from keras_gan.cli.evaluating import evaluate
from keras_gan.cli.importing import with_imports
from keras_gan.cli.presets import list_presets
from keras_gan.cli.pushing import push
from keras_gan.cli.theory import theory
from keras_gan.cli.training import train

app = typer.Typer(
    cls=Commands,
    help="Train generative adversarial networks and ship their generators.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""The commands, a typer application."""
_export = typer.Typer(
    cls=Commands, help="Write a generator as a file that equals the model."
)


def _add(
    to: typer.Typer,
    function: Callable[..., None],
    example: str,
    name: str | None = None,
) -> None:
    """Adds a command whose help ends with an example line."""
    to.command(name, cls=Command, epilog=f"Example: keras-gan {example}")(function)


_add(app, train, "train digits --steps 50 --out runs/taste")
_add(app, describe, "data folder:pictures", "data")
_add(
    app,
    with_imports(recommend),
    "recommend folder:pictures --minutes 10",
    "recommend",
)
_add(
    app,
    with_imports(drawing.sample),
    "sample runs/taste --n 64 --seed 1 --out digits.png",
)
_add(app, with_imports(evaluate), "evaluate runs/taste --n 500")
_add(app, list_presets, "presets digits", "presets")
_add(
    app,
    with_imports(drawing.interpolate),
    "interpolate runs/taste --from 1 --to 5 --out path.png",
)
_add(
    app, with_imports(drawing.classes), "classes runs/taste --rows 8 --out classes.png"
)
_add(app, with_imports(drawing.truncation), "truncation runs/taste --seeds 1,2,3")
_add(
    app,
    with_imports(drawing.neighbors),
    "neighbors runs/taste --nearest --out neighbors.png",
)
_add(app, drawing.animate, "animate runs/taste --out film.gif")
_add(app, compare, "compare runs/a runs/b --curves curves.pdf --latex table.tex")
_add(app, exporting.verify, "verify taste.onnx")
_add(app, with_imports(exporting.inspect), "inspect taste.onnx")
_add(app, with_imports(bench), "bench runs/taste taste.onnx --batch-sizes 1,64")
_add(app, theory, "theory --out theory")
_add(
    _export,
    with_imports(exporting.export_onnx),
    "export onnx runs/taste taste.onnx",
    "onnx",
)
_add(
    _export,
    with_imports(exporting.export_litert),
    "export litert runs/taste taste.tflite",
    "litert",
)
_add(
    _export,
    with_imports(exporting.export_saved_model),
    "export saved-model runs/taste models/taste",
    "saved-model",
)
_add(
    _export,
    with_imports(exporting.export_web),
    "export web runs/taste page --serve",
    "web",
)
_add(_export, exporting.export_card, "export card taste.onnx card", "card")
_add(app, with_imports(push), "push runs/taste user/taste --private")
app.add_typer(_export, name="export")


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.")
    ] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise InputError("Name a command, such as `train`; see keras-gan --help.")


def main() -> None:
    """Runs the command line.

    Raises:
        SystemExit: When the command has ended: with code 0, 2 after a user's mistake, 1
            where a training diverged, 130 where it was interrupted.
    """
    sys.meta_path.insert(0, ImportHook("tensorflow", _execute_uncollected))
    try:
        app()
    finally:
        # Python's end would search all objects for cycles again.
        gc.freeze()


def _execute_uncollected(module: ModuleType, execute: Callable[..., None]) -> None:
    """Imports TensorFlow without the garbage collector, which takes a third of it.

    Its objects live as long as the process: no collection looks at them later, either.
    """
    gc.disable()
    try:
        execute(module)
    finally:
        gc.enable()
        gc.freeze()
