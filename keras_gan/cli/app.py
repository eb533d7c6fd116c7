"""Puts the commands of `keras-gan` together.

Each command imports its libraries when it runs, so that the help, the presets and
sampling from an ONNX file work without TensorFlow.
"""

from __future__ import annotations

from typing import Annotated

import typer

from keras_gan._checks import InputError
from keras_gan._version import __version__
from keras_gan.cli import drawing, evaluating, exporting
from keras_gan.cli.benchmarking import bench
from keras_gan.cli.errors import Commands
from keras_gan.cli.presets import list_presets
from keras_gan.cli.theory import theory
from keras_gan.cli.training import train

app = typer.Typer(
    cls=Commands,
    help="Train generative adversarial networks and ship their generators.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("presets")(list_presets)
app.command()(train)
app.command()(drawing.sample)
app.command()(drawing.interpolate)
app.command()(drawing.neighbors)
app.command()(drawing.classes)
app.command()(drawing.truncation)
app.command()(drawing.animate)
app.command()(evaluating.evaluate)
app.command()(evaluating.compare)
app.command()(exporting.verify)
app.command()(exporting.inspect)
app.command()(bench)
app.command()(theory)

_export = typer.Typer(help="Write a generator as a file that equals the model.")
_export.command("saved-model")(exporting.export_saved_model)
_export.command("onnx")(exporting.export_onnx)
_export.command("web")(exporting.export_web)
_export.command("card")(exporting.export_card)
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
    """Runs the command line."""
    app()
