"""The command `keras-gan inspect`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def inspect(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A run folder, a .keras or .onnx file, or a SavedModel folder.",
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything that was found, as JSON.")
    ] = False,
) -> None:
    """Show what a file holds, without running it, and whether it is safe to load.

    The exit code is 1 where it would be refused.
    """
    from keras_gan.generators.inspection import describe, examine

    found = examine(path)
    if as_json:
        print(json.dumps(found.to_dict(), indent=2))
    else:
        print("\n".join(describe(found)))
    if not found.is_safe:
        raise typer.Exit(1)
